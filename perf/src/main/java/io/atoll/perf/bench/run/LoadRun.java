package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.NfsClient;
import io.atoll.perf.bench.figures.LoopFigures;
import io.atoll.perf.bench.figures.RunResult;
import io.atoll.perf.bench.figures.UsageMeter;
import io.atoll.perf.bench.figures.Window;
import io.atoll.perf.bench.workload.Driver;
import io.atoll.perf.bench.workload.Lane;
import io.atoll.perf.bench.workload.LoadSettings;
import io.atoll.perf.bench.workload.Pace;
import io.atoll.perf.bench.workload.SeededRandom;
import io.atoll.perf.bench.workload.Workload;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** One run of a load, from its rise to its last answer. For one thread. */
final class LoadRun {
  private static final long TICK_MILLIS = 50;
  private static final long SHOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long ABORT_SECONDS = 10;

  private final LoadSettings load;
  private final List<NfsClient> clients;
  private final Workload workload;
  private final int round;
  private final Watch watch;
  private final Progress progress;
  private final UsageMeter clientUsage = new UsageMeter(ProcessHandle.current().pid());
  private final UsageMeter serverUsage;
  private final Map<EventLoop, LoopFigures> figures = new LinkedHashMap<>();
  private final List<Driver> drivers = new ArrayList<>();
  private final List<List<Lane>> lanes = new ArrayList<>();
  private Window window;
  private RuntimeException failure;
  private boolean metering;
  private boolean metered;
  private long shownNanos;
  private long sampledNanos;

  LoadRun(
      LoadSettings load,
      List<NfsClient> clients,
      Workload workload,
      int round,
      Server server,
      Watch watch,
      Progress progress) {
    this.load = load;
    this.clients = clients;
    this.workload = workload;
    this.round = round;
    this.watch = watch;
    this.progress = progress;
    serverUsage = server.pid().isPresent() ? new UsageMeter(server.pid().getAsLong()) : null;
  }

  /** Runs it; never throws for what the server does. */
  RunResult run(String step) {
    long delaysBefore = watch.delays();
    start();
    CompletableFuture<Void> all = begin();
    try {
      while (!watch.awaitBriefly(all, TICK_MILLIS, step)) {
        tick();
      }
    } catch (RuntimeException e) {
      failure = e;
      abort();
    }
    endMetering();
    long ended = System.nanoTime();
    closeLanes();
    LoopFigures sum = new LoopFigures(workload.kinds().size(), window);
    figures.values().forEach(sum::add);
    return RunResult.of(
        workload.kinds(),
        sum,
        window.endedAt(ended),
        load.ratePerSecond() > 0,
        failure == null ? null : failure.getMessage(),
        watch.delays() - delaysBefore,
        clientUsage,
        serverUsage);
  }

  /** Why the run ended early, or null. */
  RuntimeException failure() {
    return failure;
  }

  private void start() {
    long now = System.nanoTime();
    long from = now + load.rampUpNanos();
    window = new Window(now, from, from + load.timeNanos());
    SeededRandom phases = new SeededRandom(load.seed(), -1);
    for (int i = 0; i < clients.size(); i++) {
      NfsClient client = clients.get(i);
      LoopFigures own =
          figures.computeIfAbsent(
              client.loop(), loop -> new LoopFigures(workload.kinds().size(), window));
      List<Lane> made = new ArrayList<>();
      for (int lane = 0; lane < load.depth(); lane++) {
        made.add(workload.lane(round, i, lane));
      }
      lanes.add(made);
      Pace pace =
          load.ratePerSecond() > 0
              ? new Pace(now, load.ratePerSecond() / clients.size(), phases.share())
              : null;
      drivers.add(new Driver(client.loop(), made, own, window, pace, watch::failed));
    }
  }

  private CompletableFuture<Void> begin() {
    int all = clients.size() * load.depth();
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < drivers.size(); i++) {
      ends.add(drivers.get(i).run(i * load.depth(), all));
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  private void tick() {
    long now = System.nanoTime();
    if (!metering && now - window.fromNanos() >= 0) {
      metering = true;
      clientUsage.start();
      if (serverUsage != null) {
        serverUsage.start();
      }
    }
    if (metering && !metered && now - sampledNanos >= SHOW_NANOS) {
      sampledNanos = now;
      clientUsage.sample();
      if (serverUsage != null) {
        serverUsage.sample();
      }
    }
    if (now - window.untilNanos() >= 0) {
      endMetering();
    }
    if (now - shownNanos >= SHOW_NANOS) {
      shownNanos = now;
      show(now);
    }
  }

  private void endMetering() {
    if (metering && !metered) {
      metered = true;
      clientUsage.end();
      if (serverUsage != null) {
        serverUsage.end();
      }
    }
  }

  private void show(long now) {
    progress.running(
        (now - window.startNanos()) / 1e9,
        (window.untilNanos() - window.startNanos()) / 1e9,
        figures.values().stream().mapToLong(LoopFigures::operationsSoFar).sum(),
        figures.values().stream().mapToLong(LoopFigures::bytesSoFar).sum());
  }

  private void abort() {
    for (CompletableFuture<Void> aborted : drivers.stream().map(Driver::abort).toList()) {
      try {
        aborted.orTimeout(ABORT_SECONDS, TimeUnit.SECONDS).join();
      } catch (CompletionException stuck) {
        failure.addSuppressed(stuck);
      }
    }
  }

  private void closeLanes() {
    for (int i = 0; i < lanes.size(); i++) {
      List<Lane> own = lanes.get(i);
      CompletableFuture.runAsync(() -> own.forEach(Lane::close), clients.get(i).loop()).join();
    }
  }
}
