package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.NfsFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Small files: made, written and closed; or opened, read and closed. */
final class SmallFileWorkload implements Workload {
  private static final int WIDTH = 8;

  private final Fleet fleet;
  private final LoadSettings settings;
  private final SmallTree tree;

  /** The number of the next new file, of all lanes. */
  private final AtomicLong next = new AtomicLong();

  private final List<SmallWriteLane> writers = new ArrayList<>();

  SmallFileWorkload(Fleet fleet) {
    this.fleet = fleet;
    settings = fleet.settings();
    tree = new SmallTree(fleet);
  }

  private boolean writes() {
    return settings.workload() == WorkloadName.SMALL_WRITE;
  }

  @Override
  public List<String> kinds() {
    return List.of(writes() ? "create-write-close" : "open-read-close");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    CompletableFuture<Void> made = tree.makeDirectories();
    return writes() ? made : made.thenCompose(done -> tree.makeFiles());
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    var slot = fleet.client(client).slots().get(lane);
    if (!writes()) {
      return new SmallReadLane(
          slot, fleet, tree, client, lane, fleet.randomOf(round, client, lane));
    }
    SmallWriteLane writer = new SmallWriteLane(slot, fleet, tree, client, lane, next);
    writers.add(writer);
    return writer;
  }

  @Override
  public CompletableFuture<Void> verify() {
    if (!writes()) {
      return CompletableFuture.completedFuture(null);
    }
    // One lane after the other: its files were written by its client, and so was its stamp.
    return NfsFiles.inParallel(
        writers.size(),
        1,
        i -> {
          SmallWriteLane writer = writers.get(i);
          long[] files = writer.written();
          return NfsFiles.inParallel(
              files.length, WIDTH, k -> tree.verify(writer.client(), files[k]));
        });
  }

  @Override
  public CompletableFuture<Void> finish() {
    return CompletableFuture.completedFuture(null);
  }
}
