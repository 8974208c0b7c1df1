package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Stability;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads and writes of blocks of large files. */
final class BlockWorkload implements Workload {
  static final int READ = 0;
  static final int WRITE = 1;
  static final int COMMIT = 2;

  private final Fleet fleet;
  private final LoadSettings settings;
  private final BlockFiles files;

  /** For sequential loads: all lanes of a client go through its files together. */
  private final BlockChoice[] streams;

  BlockWorkload(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    files = new BlockFiles(fleet);
    streams = new BlockChoice[fleet.size()];
    int sharing = (fleet.size() + settings.files() - 1) / settings.files();
    for (int i = 0; i < fleet.size(); i++) {
      int first = (int) ((long) settings.workingBlocksPerFile() * (i / settings.files()) / sharing);
      streams[i] = BlockChoice.sequential(files.count(i), first, settings);
    }
  }

  @Override
  public List<String> kinds() {
    return List.of("read", "write", "commit");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return files.prepare(settings.workload() != WorkloadName.SEQ_WRITE);
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    SeededRandom random = fleet.randomOf(round, client, lane);
    BlockChoice choice =
        switch (settings.workload()) {
          case SEQ_READ, SEQ_WRITE -> streams[client];
          default -> BlockChoice.random(random, files.count(client), settings);
        };
    int readPercent =
        switch (settings.workload()) {
          case SEQ_READ, RAND_READ -> 100;
          case SEQ_WRITE, RAND_WRITE -> 0;
          default -> settings.readPercent();
        };
    return new BlockLane(fleet, files, client, lane, choice, random, readPercent);
  }

  @Override
  public CompletableFuture<Void> afterRun() {
    return settings.stability() == Stability.UNSTABLE
        ? files.settle()
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> verify() {
    return files.verify();
  }

  @Override
  public CompletableFuture<Void> finish() {
    return files.close();
  }
}
