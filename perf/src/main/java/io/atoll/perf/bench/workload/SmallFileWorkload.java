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
    return writes() ? List.of("create-write-close", "mkdir") : List.of("open-read-close");
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return writes()
        ? CompletableFuture.completedFuture(null) // its lanes make all that they need
        : tree.makeDirectories().thenCompose(done -> tree.makeFiles());
  }

  @Override
  public Lane lane(int round, int client, int lane) {
    if (!writes()) {
      return new SmallReadLane(fleet, tree, client, lane, fleet.randomOf(round, client, lane));
    }
    SmallWriteLane writer = new SmallWriteLane(fleet, tree, round, client, lane, next);
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
          List<SmallWriteLane.Written> files = writer.written();
          return NfsFiles.inParallel(
              files.size(),
              WIDTH,
              k -> tree.verify(writer.client(), files.get(k).directory(), files.get(k).file()));
        });
  }
}
