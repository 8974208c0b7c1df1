package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.ClientLoops;
import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsClient;
import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.figures.RunResult;
import io.atoll.perf.bench.workload.Fleet;
import io.atoll.perf.bench.workload.LoadSettings;
import io.atoll.perf.bench.workload.LostWrites;
import io.atoll.perf.bench.workload.PayloadSource;
import io.atoll.perf.bench.workload.Verification;
import io.atoll.perf.bench.workload.Workload;
import io.atoll.perf.bench.workload.WorkloadName;
import io.atoll.perf.bench.workload.Workloads;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A load on one server with all that it needs there: connections, a directory of its own, files.
 * For one thread.
 */
final class PreparedLoad implements AutoCloseable {
  /** Requests in flight in preparations, even if the load has fewer. */
  private static final int SLOTS_MIN = 8;

  private static final int CONNECT_WIDTH = 32;
  private static final int REMOVE_WIDTH = 64;

  /** For an answer to what is asked at the end, when the server may be gone. */
  private static final long FAREWELL_SECONDS = 5;

  /** A chain of requests is at its end when nothing was in flight so often. */
  private static final int QUIET_LOOKS = 3;

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Server server;
  private final ClientLoops loops;
  private final RunSettings settings;
  private final LoadSettings load;
  private final Progress progress;
  private final Watch watch;
  private final Verification verification;
  private final LostWrites losses = new LostWrites();
  private final Map<EventLoop, PayloadSource> payloads = new HashMap<>();
  private final String name;
  private NfsClient[] clients;
  private Handle parent;
  private Workload workload;
  private RuntimeException failure;

  private PreparedLoad(
      Server server,
      ClientLoops loops,
      RunSettings settings,
      LoadSettings load,
      Progress progress) {
    this.server = server;
    this.loops = loops;
    this.settings = settings;
    this.load = load;
    this.progress = progress;
    watch = new Watch(settings.hangNanos());
    verification = server.keepsData() ? new Verification() : Verification.ofNoConsequence();
    name = "atoll-bench-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  /**
   * Connects, and makes what the load needs.
   *
   * @throws NfsFailure if that can't be done; what was made is removed as far as possible
   */
  static PreparedLoad prepare(
      Server server,
      ClientLoops loops,
      RunSettings settings,
      LoadSettings load,
      Progress progress) {
    PreparedLoad prepared = new PreparedLoad(server, loops, settings, load, progress);
    try {
      prepared.connect();
      prepared.makeDirectory();
      return prepared;
    } catch (RuntimeException e) {
      prepared.failure = e;
      prepared.close();
      throw e;
    }
  }

  private String step(String what) {
    String text = load.workload().text() + " on " + server.name() + ": " + what;
    progress.step(text);
    return text;
  }

  private void connect() {
    String step = step("connecting " + load.connections() + " times");
    clients = new NfsClient[load.connections()];
    if (load.sharedSession()) {
      shareSession(step);
    } else {
      int slots = Math.max(SLOTS_MIN, load.depth());
      watch.await(openClient(0, slots, 0), step);
      watch.await(
          NfsFiles.inParallel(clients.length - 1, CONNECT_WIDTH, i -> openClient(i + 1, slots, 0)),
          step);
    }
    for (NfsClient client : clients) {
      if (client.slots().size() < load.depth()) {
        throw new NfsFailure(
            Kind.REFUSED,
            step
                + ": CREATE_SESSION: the server grants "
                + client.slots().size()
                + " slots: take --depth "
                + client.slots().size()
                + " or less");
      }
    }
    int maxDataBytes = clients[0].session().maxDataBytes();
    if (load.workload().usesBlocks() || load.workload() == WorkloadName.APPEND) {
      if (load.blockBytes() > maxDataBytes) {
        throw new NfsFailure(
            Kind.REFUSED,
            step
                + ": CREATE_SESSION: the server takes "
                + maxDataBytes
                + " bytes of data at once, not blocks of "
                + load.blockBytes());
      }
    }
  }

  private CompletableFuture<NfsClient> openClient(int number, int slots, int otherSlots) {
    return NfsClient.open(
            loops,
            loops.loop(number),
            server.address(),
            name + "-" + number,
            slots,
            otherSlots,
            settings.client(),
            watch)
        .thenApply(client -> keep(number, client));
  }

  private NfsClient keep(int number, NfsClient client) {
    clients[number] = client;
    return client;
  }

  /** Has the first client make a session, whose slots all connections divide. */
  private void shareSession(String step) {
    int share = load.depth();
    watch.await(openClient(0, load.depth(), share * (load.connections() - 1)), step);
    watch.await(
        NfsFiles.inParallel(
            clients.length - 1,
            CONNECT_WIDTH,
            i ->
                NfsClient.join(
                        loops,
                        loops.loop(i + 1),
                        server.address(),
                        clients[0].session(),
                        (i + 1) * share,
                        share,
                        settings.client(),
                        watch)
                    .thenApply(client -> keep(i + 1, client))),
        step);
  }

  private void makeDirectory() {
    String step = step("preparing");
    NfsFiles files = clients[0].files();
    for (NfsClient client : clients) {
      payloads.computeIfAbsent(
          client.loop(), loop -> new PayloadSource(largestWrite(), load.seed()));
    }
    parent = watch.await(files.lookup(server.url().path()), step);
    Handle directory = watch.await(files.makeDirectory(parent, name), step);
    workload =
        Workloads.of(
            new Fleet(
                List.of(clients),
                directory,
                load,
                payloads,
                verification,
                losses,
                Math.min(clients[0].session().maxDataBytes(), PayloadSource.LARGEST_BYTES)));
    watch.await(workload.prepare(), step);
  }

  private int largestWrite() {
    return Math.max(PayloadSource.LARGEST_BYTES, load.blockBytes());
  }

  /**
   * Runs the load once; a run that ends early gives what was measured, marked partial.
   *
   * @param round asks for something else each time, and for the same of all servers
   */
  RunResult run(int round) {
    watch.await(workload.beforeRun(round), step("preparing"));
    losses.take();
    LoadRun run = new LoadRun(load, List.of(clients), workload, round, server, watch, progress);
    RunResult result = run.run(step("running"));
    failure = run.failure();
    if (failure == null) {
      try {
        watch.await(workload.afterRun(), step("settling"));
      } catch (RuntimeException e) { // what was measured stays
        failure = e;
      }
    }
    LostWrites.Lost lost = losses.take();
    return lost.writes() == 0 ? result : result.without(lost.writes(), lost.counted());
  }

  /** Why the last run ended early, or null. */
  RuntimeException failure() {
    return failure;
  }

  /** Reads back what was written and checks it. */
  void verify() {
    if (load.verify() && server.keepsData()) {
      watch.await(workload.verify(), step("verifying"));
    }
  }

  Verification verification() {
    return verification;
  }

  /** Removes what was made, and disconnects; if the server fails meanwhile, that is all. */
  @Override
  public void close() {
    if (clients == null || clients[0] == null) {
      return;
    }
    if (failure != null) {
      abandon();
    } else {
      endWell();
    }
    payloads.forEach((loop, source) -> loop.execute(source::release));
  }

  private void endWell() {
    try {
      if (workload != null) {
        watch.await(workload.finish(), step("closing"));
      }
      if (parent != null && !settings.keep()) {
        watch.await(
            clients[0].files().removeTree(parent, name, REMOVE_WIDTH),
            step("removing what was made"));
      }
      watch.await(
          NfsFiles.inParallel(
              clients.length, CONNECT_WIDTH, i -> clients[clients.length - 1 - i].close()),
          step("disconnecting"));
    } catch (RuntimeException e) {
      progress.note(
          server.name() + ": '" + name + "' could not be removed (" + e.getMessage() + ")");
      abandon();
    }
  }

  private void noteLeft() {
    progress.note(server.name() + ": the directory '" + name + "' stays there");
  }

  /** Whether the server may still answer, for all that is known. */
  private boolean isAlive() {
    return !(failure instanceof NfsFailure failed) || failed.kind() == Kind.REFUSED;
  }

  /** Waits for what is still in flight; false if it does not come. */
  private boolean isQuiet() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FAREWELL_SECONDS);
    int quiet = 0;
    while (quiet < QUIET_LOOKS && System.nanoTime() - deadline < 0) {
      boolean inFlight =
          Arrays.stream(clients).anyMatch(client -> client.vitals().unanswered() > 0);
      quiet = inFlight ? 0 : quiet + 1;
      LockSupport.parkNanos(QUIET_NANOS);
    }
    return quiet == QUIET_LOOKS;
  }

  /** Lets the server know if it still listens, and leaves the directory behind. */
  private void abandon() {
    try {
      if (parent != null && !settings.keep() && isAlive() && isQuiet()) {
        clients[0]
            .files()
            .removeTree(parent, name, REMOVE_WIDTH)
            .orTimeout(FAREWELL_SECONDS, TimeUnit.SECONDS)
            .join();
      } else if (parent != null && !settings.keep()) {
        noteLeft();
      }
    } catch (CompletionException e) { // a timeout, too
      noteLeft();
    }
    for (NfsClient client : clients) {
      if (client != null) {
        client.abandon();
      }
    }
  }
}
