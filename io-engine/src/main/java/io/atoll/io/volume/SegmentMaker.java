package io.atoll.io.volume;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.DiskFutures;
import io.atoll.io.disk.Errno;
import io.atoll.io.log.LogSegment;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/**
 * Makes log segments: writes them with zeros from end to end and syncs them before they get their
 * name, so that a segment never is a part of one, and records are always written to written space.
 * Loop-confined; one at a time.
 */
final class SegmentMaker {

  private static final String UNFINISHED = ".new";

  private final Disk disk;
  private final ByteBuf zeros;
  private final int zeroBytes;

  /**
   * @param zeros aligned, {@code zeroBytes} long, all zero for as long as this is used
   */
  SegmentMaker(Disk disk, ByteBuf zeros, int zeroBytes) {
    this.disk = disk;
    this.zeros = zeros;
    this.zeroBytes = zeroBytes;
  }

  CompletableFuture<LogSegment> make(int number, long lengthBytes) {
    String name = LogSegment.name(number);
    String unfinished = name + UNFINISHED;
    return refuseIfPresent(name)
        .thenCompose(ignored -> DiskFutures.removeIfPresent(disk, unfinished))
        .thenCompose(ignored -> DiskFutures.open(disk, unfinished, Disk.OpenMode.CREATE_NEW))
        .thenCompose(file -> fill(file, unfinished, name, lengthBytes));
  }

  /** A segment that is there may hold records: nothing is ever put in its place. */
  private CompletableFuture<Integer> refuseIfPresent(String name) {
    return DiskFutures.openIfPresent(disk, name)
        .thenCompose(file -> {
          if (file == null) {
            return CompletableFuture.completedFuture(0);
          }
          return DiskFutures.close(file, name)
              .thenApply(ignored -> {
                throw new DiskException(name + " is there already", Errno.EEXIST);
              });
        });
  }

  private CompletableFuture<LogSegment> fill(
      DiskFile file, String unfinished, String name, long lengthBytes) {
    return DiskFutures.allocate(file, unfinished, 0, lengthBytes)
        .thenCompose(ignored -> zero(file, unfinished, 0, lengthBytes))
        .thenCompose(ignored -> DiskFutures.dataSync(file, unfinished))
        .thenCompose(ignored -> DiskFutures.rename(disk, unfinished, name))
        .thenApply(ignored -> new LogSegment(name, file))
        .whenComplete((segment, failure) -> {
          if (failure != null) {
            DiskFutures.abandon(file);
          }
        });
  }

  /** Writes zeros from {@code offset} up to {@code end}; not yet durable. */
  CompletableFuture<Void> zero(DiskFile file, String name, long offset, long end) {
    if (offset >= end) {
      return CompletableFuture.completedFuture(null);
    }
    int bytes = (int) Math.min(zeroBytes, end - offset);
    return DiskFutures.write(file, name, zeros, bytes, offset)
        .thenCompose(ignored -> zero(file, name, offset + bytes, end));
  }
}
