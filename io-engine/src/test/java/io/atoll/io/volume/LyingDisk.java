package io.atoll.io.volume;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.ForwardingDisk;
import io.atoll.io.disk.ForwardingFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;

/** A disk that breaks one promise, for mutants. */
final class LyingDisk extends ForwardingDisk {

  private final Loop loop;
  private final Lie lie;

  LyingDisk(Disk disk, Loop loop, Lie lie) {
    super(disk);
    this.loop = loop;
    this.lie = lie;
  }

  @Override
  protected DiskFile opened(String name, DiskFile file) {
    boolean lies =
        lie == Lie.FAILED_SYNC_IGNORED
            || lie == Lie.FAILED_SYNC_RETRIED
            || name.startsWith(lie == Lie.SYNC_OF_EXTENTS_SKIPPED ? "extents/" : "log/");
    return lies ? new LyingFile(file) : file;
  }

  /** What is not as promised. */
  enum Lie {
    /** A durable write to the log is a plain write. */
    LOG_FLUSH_SKIPPED,
    /** A durable write to the log completes before it is done. */
    LOG_COMPLETES_EARLY,
    /** A sync of the extents does nothing. */
    SYNC_OF_EXTENTS_SKIPPED,
    /** A sync or durable write that fails is said to have succeeded. */
    FAILED_SYNC_IGNORED,
    /** A sync or durable write that fails is tried again. */
    FAILED_SYNC_RETRIED
  }

  private final class LyingFile extends ForwardingFile {

    LyingFile(DiskFile file) {
      super(file);
    }

    @Override
    public void writeDurably(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      if (lie == Lie.LOG_FLUSH_SKIPPED) {
        file.write(buffer, index, length, offsetBytes, completion, cookie);
      } else if (lie == Lie.LOG_COMPLETES_EARLY) {
        ByteBuf copy = AlignedMemory.allocate(length);
        copy.setBytes(0, buffer, index, length);
        file.writeDurably(copy, 0, length, offsetBytes, (ignored, result) -> {}, cookie);
        loop.execute(() -> completion.completed(cookie, length));
      } else if (lie == Lie.FAILED_SYNC_IGNORED) {
        file.writeDurably(
            buffer,
            index,
            length,
            offsetBytes,
            (own, result) -> completion.completed(own, result == -Errno.EIO ? length : result),
            cookie);
      } else if (lie == Lie.FAILED_SYNC_RETRIED) {
        file.writeDurably(
            buffer,
            index,
            length,
            offsetBytes,
            (own, result) -> {
              if (result == -Errno.EIO) {
                file.writeDurably(buffer, index, length, offsetBytes, completion, own);
              } else {
                completion.completed(own, result);
              }
            },
            cookie);
      } else {
        file.writeDurably(buffer, index, length, offsetBytes, completion, cookie);
      }
    }

    @Override
    public void dataSync(IoCompletion completion, long cookie) {
      if (lie == Lie.SYNC_OF_EXTENTS_SKIPPED) {
        loop.execute(() -> completion.completed(cookie, 0));
      } else if (lie == Lie.FAILED_SYNC_IGNORED) {
        file.dataSync(
            (own, result) -> completion.completed(own, result == -Errno.EIO ? 0 : result), cookie);
      } else if (lie == Lie.FAILED_SYNC_RETRIED) {
        file.dataSync(
            (own, result) -> {
              if (result == -Errno.EIO) {
                file.dataSync(completion, own);
              } else {
                completion.completed(own, result);
              }
            },
            cookie);
      } else {
        file.dataSync(completion, cookie);
      }
    }
  }
}
