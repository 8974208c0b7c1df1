package io.atoll;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real disk that fails when it is told to. What is told and seen outlives one opening, and may be
 * told and seen by any thread.
 */
final class FailingDisk implements Disk {

  /** What is to go wrong, and what was seen. */
  static final class Faults {
    /** The next durable write of the log is not done, and fails. */
    final AtomicBoolean logWriteFails = new AtomicBoolean();

    /** No file can be opened. */
    volatile boolean opensFail;

    /** Openings of files that failed. */
    final AtomicInteger failedOpens = new AtomicInteger();

    /** Disks that are open now. */
    final AtomicInteger openDisks = new AtomicInteger();

    Disk on(Disk disk) {
      openDisks.incrementAndGet();
      return new FailingDisk(disk, this);
    }
  }

  private final Disk disk;
  private final Faults faults;

  private FailingDisk(Disk disk, Faults faults) {
    this.disk = disk;
    this.faults = faults;
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
          if (file != null && faults.opensFail) {
            faults.failedOpens.incrementAndGet();
            file.close((cookie, closed) -> opened.opened(null, -Errno.EIO), 0);
          } else {
            boolean log = file != null && name.startsWith("log/");
            opened.opened(log ? new FailingFile(file) : file, result);
          }
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
    disk.close(
        (ours, result) -> {
          faults.openDisks.decrementAndGet();
          completion.completed(ours, result);
        },
        cookie);
  }

  private final class FailingFile implements DiskFile {
    private final DiskFile file;

    FailingFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public void read(
        ByteBuf buffer, int index, int length, long offset, IoCompletion completion, long cookie) {
      file.read(buffer, index, length, offset, completion, cookie);
    }

    @Override
    public void readVectored(
        ByteBuf[] buffers, int count, long offset, IoCompletion completion, long cookie) {
      file.readVectored(buffers, count, offset, completion, cookie);
    }

    @Override
    public void write(
        ByteBuf buffer, int index, int length, long offset, IoCompletion completion, long cookie) {
      file.write(buffer, index, length, offset, completion, cookie);
    }

    @Override
    public void writeDurably(
        ByteBuf buffer, int index, int length, long offset, IoCompletion completion, long cookie) {
      if (faults.logWriteFails.compareAndSet(true, false)) {
        // A sync in its place, so that it ends as an operation does.
        file.dataSync((ours, result) -> completion.completed(ours, -Errno.EIO), cookie);
      } else {
        file.writeDurably(buffer, index, length, offset, completion, cookie);
      }
    }

    @Override
    public void writeVectored(
        ByteBuf[] buffers, int count, long offset, IoCompletion completion, long cookie) {
      file.writeVectored(buffers, count, offset, completion, cookie);
    }

    @Override
    public void dataSync(IoCompletion completion, long cookie) {
      file.dataSync(completion, cookie);
    }

    @Override
    public void allocate(long offset, long length, IoCompletion completion, long cookie) {
      file.allocate(offset, length, completion, cookie);
    }

    @Override
    public void punch(long offset, long length, IoCompletion completion, long cookie) {
      file.punch(offset, length, completion, cookie);
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
