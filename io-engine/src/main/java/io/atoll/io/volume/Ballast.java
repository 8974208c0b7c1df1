package io.atoll.io.volume;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.DiskFutures;
import io.atoll.io.loop.Loop;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of nothing in the volume's folder, so that there is something to throw overboard when the
 * disk is so full that the volume cannot be opened: opening needs room for the index to flush and
 * compact, and only an open volume can be emptied. Loop-confined.
 */
final class Ballast {

  static final String NAME = "ballast";

  private static final Logger logger = LoggerFactory.getLogger(Ballast.class);
  private static final int SHARE_OF_DISK_RESERVE = 16;
  private static final int BLOCK_BYTES = Volume.BLOCK_BYTES;

  private final Loop loop;
  private final Disk disk;
  private final long bytes;
  private boolean present;
  private boolean busy;

  Ballast(Loop loop, Disk disk, long bytes) {
    this.loop = loop;
    this.disk = disk;
    this.bytes = bytes;
  }

  /** How much a volume with these options carries: 32 MiB by default. */
  static long bytes(VolumeOptions options) {
    return options.diskReserveBytes() / SHARE_OF_DISK_RESERVE / BLOCK_BYTES * BLOCK_BYTES;
  }

  boolean present() {
    return present;
  }

  boolean busy() {
    return busy;
  }

  /** Whether there is room for it: not on a disk that is nearly full anyway. */
  boolean fits(long usableBytes, long reserveBytes) {
    return bytes > 0 && usableBytes - bytes >= reserveBytes / 2;
  }

  /** Makes the file, or finds it. */
  void make(Runnable ended) {
    busy = true;
    Steps.atEnd(
        loop,
        DiskFutures.openIfPresent(disk, NAME)
            .thenCompose(file ->
                file != null
                    ? CompletableFuture.completedFuture(file)
                    : DiskFutures.open(disk, NAME, Disk.OpenMode.CREATE_NEW))
            .thenCompose(this::fill),
        (ignored, failure) -> {
          busy = false;
          present = failure == null;
          if (failure != null) {
            logger.warn("cannot lay in ballast; a full disk would keep the volume shut", failure);
          }
          ended.run();
        });
  }

  /** Throws the file overboard; completes with whether there was one. */
  static CompletableFuture<Boolean> drop(Disk disk) {
    return DiskFutures.openIfPresent(disk, NAME)
        .thenCompose(file -> {
          if (file == null) {
            return CompletableFuture.completedFuture(false);
          }
          return DiskFutures.close(file, NAME)
              .thenCompose(ignored -> DiskFutures.removeIfPresent(disk, NAME))
              .thenApply(ignored -> true);
        });
  }

  private CompletableFuture<Integer> fill(DiskFile file) {
    CompletableFuture<Integer> filled =
        file.lengthBytes() >= bytes
            ? CompletableFuture.completedFuture(0)
            : DiskFutures.allocate(file, NAME, 0, bytes);
    return filled
        .handle((ignored, failure) -> failure)
        .thenCompose(failure ->
            DiskFutures.close(file, NAME)
                .thenApply(ignored -> {
                  Steps.rethrow(failure);
                  return 0;
                }));
  }
}
