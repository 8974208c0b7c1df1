package io.atoll.io.volume;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** Writes what changes in an open volume's superblock. Loop-confined; one write at a time. */
final class SuperblockFile {

  private static final long RETRY_NANOS = 1_000_000L;

  private final Loop loop;
  private final BufferSupply buffers;
  private final DiskFile file;
  private Superblock newest;

  /**
   * @param newest as it is on disk
   */
  SuperblockFile(Loop loop, BufferSupply buffers, DiskFile file, Superblock newest) {
    this.loop = loop;
    this.buffers = buffers;
    this.file = file;
    this.newest = newest;
  }

  /** Makes it durable that the log has {@code count} segments; before the last of them is used. */
  CompletableFuture<Void> countSegments(int count) {
    Superblock next = newest.next(newest.incarnation(), count);
    ByteBuf taken = buffers.take(Superblock.SLOT_BYTES);
    ByteBuf slot = taken == null ? AlignedMemory.allocate(Superblock.SLOT_BYTES) : taken;
    next.encode(slot);
    CompletableFuture<Void> written = new CompletableFuture<>();
    write(slot, next.offsetBytes(), written);
    return written.thenRun(() -> newest = next).whenComplete((ignored, failure) -> slot.release());
  }

  private void write(ByteBuf slot, long offset, CompletableFuture<Void> written) {
    file.writeDurably(
        slot,
        0,
        Superblock.SLOT_BYTES,
        offset,
        (cookie, result) -> {
          if (result == -Errno.EAGAIN) {
            loop.schedule(RETRY_NANOS, () -> write(slot, offset, written));
          } else if (result < 0) {
            written.completeExceptionally(
                new DiskException("cannot write " + Superblock.NAME, -result));
          } else {
            written.complete(null);
          }
        },
        0);
  }
}
