package io.atoll;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.ForwardingDisk;
import io.atoll.io.disk.ForwardingFile;
import io.atoll.io.disk.IoCompletion;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real disk that fails when it is told to. What is told and seen outlives one opening, and may be
 * told and seen by any thread.
 */
final class FailingDisk extends ForwardingDisk {

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

  private final Faults faults;

  private FailingDisk(Disk disk, Faults faults) {
    super(disk);
    this.faults = faults;
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    super.open(
        name,
        mode,
        (file, result) -> {
          if (file != null && faults.opensFail) {
            faults.failedOpens.incrementAndGet();
            file.close((cookie, closed) -> opened.opened(null, -Errno.EIO), 0);
          } else {
            opened.opened(file, result);
          }
        });
  }

  @Override
  protected DiskFile opened(String name, DiskFile file) {
    return name.startsWith("log/") ? new FailingFile(file) : file;
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    super.close(
        (ours, result) -> {
          faults.openDisks.decrementAndGet();
          completion.completed(ours, result);
        },
        cookie);
  }

  private final class FailingFile extends ForwardingFile {

    FailingFile(DiskFile file) {
      super(file);
    }

    @Override
    public void writeDurably(
        ByteBuf buffer, int index, int length, long offset, IoCompletion completion, long cookie) {
      if (faults.logWriteFails.compareAndSet(true, false)) {
        // A sync in its place, so that it ends as an operation does.
        file.dataSync((ours, result) -> completion.completed(ours, -Errno.EIO), cookie);
      } else {
        super.writeDurably(buffer, index, length, offset, completion, cookie);
      }
    }
  }
}
