package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Handle;
import io.atoll.perf.bench.client.NfsFiles;
import io.atoll.perf.bench.client.Stability;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Each lane appends to files of its own in turn, as logs grow. Each round has new files. */
final class AppendWorkload implements Workload {
  private static final int WIDTH = 8;

  private final Fleet fleet;
  private final LoadSettings settings;

  /** For each client and lane, the files of the round. */
  private final AppendLog[][][] logs;

  private final List<AppendLog> all = new ArrayList<>();
  private final BlockStamp[] stamps;

  AppendWorkload(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    int lanes = fleet.size() * settings.depth();
    int perLane = Math.max(1, settings.files() / lanes);
    logs = new AppendLog[fleet.size()][settings.depth()][perLane];
    stamps = new BlockStamp[fleet.size()];
    for (int client = 0; client < stamps.length; client++) {
      stamps[client] = new BlockStamp();
    }
  }

  @Override
  public List<String> kinds() {
    return List.of("append");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return CompletableFuture.completedFuture(null); // before each run
  }

  @Override
  public CompletableFuture<Void> beforeRun(int round) {
    return fleet
        .client(0)
        .files()
        .makeDirectory(fleet.directory(), "round-" + round)
        .thenCompose(directory -> {
          makeLogs(round);
          return forEach(log -> create(directory, log));
        });
  }

  private void makeLogs(int round) {
    for (int client = 0; client < logs.length; client++) {
      for (int lane = 0; lane < logs[client].length; lane++) {
        for (int i = 0; i < logs[client][lane].length; i++) {
          AppendLog log = new AppendLog(round, client, lane, i);
          logs[client][lane][i] = log;
          all.add(log);
        }
      }
    }
  }

  private CompletableFuture<Void> create(Handle directory, AppendLog log) {
    return fleet.client(log.client()).files().create(directory, log.name()).thenAccept(log::opened);
  }

  private interface Step {
    CompletableFuture<Void> take(AppendLog log);
  }

  /** Takes a step for each file of the round. */
  private CompletableFuture<Void> forEach(Step step) {
    int perLane = logs[0][0].length;
    return NfsFiles.inParallel(
        fleet.size(),
        WIDTH,
        client ->
            NfsFiles.inParallel(
                settings.depth() * perLane,
                WIDTH,
                i -> step.take(logs[client][i / perLane][i % perLane])));
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    return new AppendLane(fleet, client, lane, logs[client][lane]);
  }

  @Override
  public CompletableFuture<Void> afterRun() {
    return settings.stability() == Stability.UNSTABLE
        ? forEach(this::settle)
        : CompletableFuture.completedFuture(null);
  }

  /** Makes durable what was appended; what the server has lost is written again. */
  private CompletableFuture<Void> settle(AppendLog log) {
    return fleet
        .client(log.client())
        .files()
        .commit(log.open())
        .thenCompose(verifier ->
            log.isCommittedBy(verifier)
                ? CompletableFuture.completedFuture(null)
                : writeAgain(log));
  }

  private CompletableFuture<Void> writeAgain(AppendLog log) {
    fleet.losses().add(log.blocks());
    return NfsFiles.inParallel(
        (int) log.blocks(),
        1,
        block -> {
          long offset = (long) block * settings.blockBytes();
          var data = fleet.payloadsOf(log.client()).copy(settings.blockBytes());
          stamps[log.client()].stamp(data, 0, settings.blockBytes(), log.id(), offset, 1);
          return fleet
              .client(log.client())
              .files()
              .write(log.open(), offset, Stability.FILE_SYNC, data);
        });
  }

  @Override
  public CompletableFuture<Void> verify() {
    return NfsFiles.inParallel(all.size(), WIDTH, i -> verify(all.get(i)));
  }

  private CompletableFuture<Void> verify(AppendLog log) {
    return NfsFiles.inParallel(
        (int) log.blocks(),
        WIDTH,
        block -> {
          long offset = (long) block * settings.blockBytes();
          return fleet
              .client(log.client())
              .files()
              .read(
                  log.open(),
                  offset,
                  settings.blockBytes(),
                  (data, at, length) -> {
                    String wrong =
                        length < settings.blockBytes()
                            ? "at offset " + offset + " are only " + length + " bytes"
                            : stamps[log.client()].check(data, at, length, log.id(), offset, 1, 1);
                    fleet.verification().checked(log.name(), length, wrong);
                  });
        });
  }

  @Override
  public CompletableFuture<Void> finish() {
    return NfsFiles.inParallel(
        all.size(), WIDTH, i -> fleet.client(all.get(i).client()).files().close(all.get(i).open()));
  }
}
