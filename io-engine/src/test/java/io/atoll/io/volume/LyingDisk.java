package io.atoll.io.volume;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;

/** A disk that breaks one promise, for mutants. */
final class LyingDisk implements Disk {

  private final Disk disk;
  private final Loop loop;
  private final Lie lie;

  LyingDisk(Disk disk, Loop loop, Lie lie) {
    this.disk = disk;
    this.loop = loop;
    this.lie = lie;
  }

  @Override
  public int alignmentBytes() {
    return disk.alignmentBytes();
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    disk.open(
        name,
        mode,
        (file, result) -> {
          boolean lies =
              file != null
                  && name.startsWith(lie == Lie.SYNC_OF_EXTENTS_SKIPPED ? "extents/" : "log/");
          opened.opened(lies ? new LyingFile(file) : file, result);
        });
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    disk.rename(name, target, completion, cookie);
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    disk.remove(name, completion, cookie);
  }

  @Override
  public IoCounters counters() {
    return disk.counters();
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    disk.close(completion, cookie);
  }

  /** What is not as promised. */
  enum Lie {
    /** A durable write to the log is a plain write. */
    LOG_FLUSH_SKIPPED,
    /** A durable write to the log completes before it is done. */
    LOG_COMPLETES_EARLY,
    /** A sync of the extents does nothing. */
    SYNC_OF_EXTENTS_SKIPPED
  }

  private final class LyingFile implements DiskFile {
    private final DiskFile file;

    LyingFile(DiskFile file) {
      this.file = file;
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
      } else {
        file.writeDurably(buffer, index, length, offsetBytes, completion, cookie);
      }
    }

    @Override
    public void dataSync(IoCompletion completion, long cookie) {
      if (lie == Lie.SYNC_OF_EXTENTS_SKIPPED) {
        loop.execute(() -> completion.completed(cookie, 0));
      } else {
        file.dataSync(completion, cookie);
      }
    }

    @Override
    public void read(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      file.read(buffer, index, length, offsetBytes, completion, cookie);
    }

    @Override
    public void readVectored(
        ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
      file.readVectored(buffers, count, offsetBytes, completion, cookie);
    }

    @Override
    public void write(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      file.write(buffer, index, length, offsetBytes, completion, cookie);
    }

    @Override
    public void writeVectored(
        ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
      file.writeVectored(buffers, count, offsetBytes, completion, cookie);
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      file.allocate(offsetBytes, lengthBytes, completion, cookie);
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
      file.punch(offsetBytes, lengthBytes, completion, cookie);
    }

    @Override
    public long lengthBytes() {
      return file.lengthBytes();
    }

    @Override
    public void close(IoCompletion completion, long cookie) {
      file.close(completion, cookie);
    }
  }
}
