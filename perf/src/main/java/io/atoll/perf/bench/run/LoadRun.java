package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.NfsClient;
import io.atoll.perf.bench.figures.CounterMeter;
import io.atoll.perf.bench.figures.DiskMeter;
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
  private final DiskMeter diskUsage;
  private final CounterMeter counters;
  private final Map<EventLoop, LoopFigures> figures = new LinkedHashMap<>();
  private final List<Driver> drivers = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private Window window;
  private RuntimeException failure;
  private boolean metering;
  private boolean metered;
  private long shownNanos;
  private long sampledNanos;

  /**
   * Lanes that one driver keeps going.
   *
   * @param busyMax how many of them at once
   * @param before how many those of the groups before are together
   */
  private record Group(EventLoop loop, List<Lane> lanes, int busyMax, int before) {}

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
    diskUsage = server.storage() == null ? null : new DiskMeter(server.storage());
    counters = server.metrics() == null ? null : new CounterMeter(server.metrics());
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
        serverUsage,
        diskUsage,
        counters);
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
    makeGroups();
    for (Group group : groups) {
      LoopFigures own =
          figures.computeIfAbsent(
              group.loop(), loop -> new LoopFigures(workload.kinds().size(), window));
      double share = (double) group.busyMax() / load.inFlight();
      Pace pace =
          load.ratePerSecond() > 0 && group.busyMax() > 0
              ? new Pace(now, load.ratePerSecond() * share, phases.share())
              : null;
      drivers.add(
          new Driver(
              group.loop(), group.lanes(), group.busyMax(), own, window, pace, watch::failed));
    }
  }

  /**
   * Each connection by itself; or if there shall be less in flight than all connections allow,
   * those of a loop together, and the loops share what there shall be.
   */
  private void makeGroups() {
    if (load.inFlight() == clients.size() * load.depth()) {
      for (int i = 0; i < clients.size(); i++) {
        addGroup(List.of(i), load.depth());
      }
      return;
    }
    Map<EventLoop, List<Integer>> byLoop = new LinkedHashMap<>();
    for (int i = 0; i < clients.size(); i++) {
      byLoop.computeIfAbsent(clients.get(i).loop(), loop -> new ArrayList<>()).add(i);
    }
    int done = 0;
    for (List<Integer> members : byLoop.values()) {
      int before = (int) ((long) load.inFlight() * done / clients.size());
      done += members.size();
      addGroup(members, (int) ((long) load.inFlight() * done / clients.size()) - before);
    }
  }

  /** Lanes of all clients in turn, so that neighbours in time are on different connections. */
  private void addGroup(List<Integer> members, int busyMax) {
    List<Lane> lanes = new ArrayList<>();
    for (int lane = 0; lane < load.depth(); lane++) {
      for (int client : members) {
        lanes.add(workload.lane(round, client, lane));
      }
    }
    int before = groups.isEmpty() ? 0 : groups.getLast().before() + groups.getLast().busyMax();
    groups.add(new Group(clients.get(members.getFirst()).loop(), lanes, busyMax, before));
  }

  private CompletableFuture<Void> begin() {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < drivers.size(); i++) {
      ends.add(drivers.get(i).run(groups.get(i).before(), load.inFlight()));
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  private void tick() {
    long now = System.nanoTime();
    if (!metering && now - window.fromNanos() >= 0) {
      metering = true;
      if (counters != null) {
        counters.start(); // before the rest, which is not to count the asking
      }
      clientUsage.start();
      if (serverUsage != null) {
        serverUsage.start();
      }
      if (diskUsage != null) {
        diskUsage.start();
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
      if (diskUsage != null) {
        diskUsage.end();
      }
      if (counters != null) {
        counters.end();
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
    for (Group group : groups) {
      CompletableFuture.runAsync(() -> group.lanes().forEach(Lane::close), group.loop()).join();
    }
  }
}
