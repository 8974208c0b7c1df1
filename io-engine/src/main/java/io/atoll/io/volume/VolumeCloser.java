package io.atoll.io.volume;

import io.atoll.io.disk.DiskFutures;
import io.atoll.io.log.LogSegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Closes the files and the index of a volume and gives back what its opening took. */
final class VolumeCloser {

  private VolumeCloser() {}

  /** Nothing may be in flight. Completes on the loop when all is closed. */
  static CompletableFuture<Void> close(
      VolumeEnvironment environment, OpenedParts parts, List<LogSegment> segments) {
    CompletableFuture<Void> index =
        Steps.onWorker(
            environment,
            () -> {
              parts.index().close();
              return null;
            });
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            index,
            DiskFutures.close(parts.superblockFile(), Superblock.NAME),
            DiskFutures.close(parts.extents(), VolumeOpener.EXTENTS_NAME));
    for (LogSegment segment : segments) {
      all = CompletableFuture.allOf(all, DiskFutures.close(segment.file(), segment.name()));
    }
    return all.whenComplete((ignored, failure) -> {
      parts.zeros().release();
      parts.mapMemory().giveBack();
    });
  }
}
