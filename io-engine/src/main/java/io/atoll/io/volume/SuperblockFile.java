package io.atoll.io.volume;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.log.DurableMark;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Writes what changes in an open volume's superblock, one change after the other; once one could
 * not be written, no further one is. Loop-confined.
 */
final class SuperblockFile {

  private static final long RETRY_NANOS = 1_000_000L;

  private final Loop loop;
  private final BufferSupply buffers;
  private final DiskFile file;
  private Superblock newest;
  private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

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
    return change(before -> before.next(before.incarnation(), count));
  }

  /** Makes it durable that the log reaches so far. */
  CompletableFuture<Void> mark(DurableMark mark) {
    return change(before -> before.next(mark));
  }

  private CompletableFuture<Void> change(UnaryOperator<Superblock> change) {
    written = written.thenCompose(ignored -> write(change.apply(newest)));
    return written;
  }

  private CompletableFuture<Void> write(Superblock next) {
    ByteBuf taken = buffers.take(Superblock.SLOT_BYTES);
    ByteBuf slot = taken == null ? AlignedMemory.allocate(Superblock.SLOT_BYTES) : taken;
    next.encode(slot);
    CompletableFuture<Void> end = new CompletableFuture<>();
    write(slot, next.offsetBytes(), end);
    return end.thenRun(() -> newest = next).whenComplete((ignored, failure) -> slot.release());
  }

  private void write(ByteBuf slot, long offset, CompletableFuture<Void> end) {
    file.writeDurably(
        slot,
        0,
        Superblock.SLOT_BYTES,
        offset,
        (cookie, result) -> {
          if (result == -Errno.EAGAIN) {
            loop.schedule(RETRY_NANOS, () -> write(slot, offset, end));
          } else if (result < 0) {
            end.completeExceptionally(
                new DiskException("cannot write " + Superblock.NAME, -result));
          } else {
            end.complete(null);
          }
        },
        0);
  }
}
