package io.atoll.io.check;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileArguments;
import io.atoll.io.disk.FileClaim;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executor;

/**
 * A file of a volume at rest. It is opened for reading alone, so that nobody can change it by it:
 * whatever writes is a bug and throws. Reads are done by {@code reader}, which is told their ends;
 * {@link #readNow} may be called by any thread. Direct I/O where the disk offers it, so that what
 * is read is what the disk holds.
 */
final class ImageFile implements DiskFile, AutoCloseable {

  private static final int ALIGNMENT_BYTES = 4096;
  private static final int NONE = -1;

  private final String name;
  private final int fd;
  private final long lengthBytes;
  private final Executor reader;

  private ImageFile(String name, int fd, long lengthBytes, Executor reader) {
    this.name = name;
    this.fd = fd;
    this.lengthBytes = lengthBytes;
    this.reader = reader;
  }

  /**
   * Opens file {@code name} of {@code folder}, once nothing is under way on it that a node asked
   * for, even one that was killed; and no node changes it while it is open.
   */
  static ImageFile open(Path folder, String name, Executor reader) throws IOException {
    Path path = folder.resolve(name);
    int fd = openat(path, LinuxAbi.O_DIRECT);
    if (fd == -Errno.EINVAL) {
      fd = openat(path, 0);
    }
    if (fd < 0) {
      throw new IOException(path + " can't be opened (errno " + -fd + ")");
    }
    int claimed = FileClaim.toRead(path.toString(), fd).await();
    if (claimed < 0) {
      Syscalls.close(fd);
      throw new IOException(
          claimed == -Errno.EBUSY
              ? path + " is held by another process, or by writes that its disk does not end"
              : path + " can't be locked (errno " + -claimed + ")");
    }
    return new ImageFile(name, fd, Files.size(path), reader);
  }

  private static int openat(Path path, int flag) {
    int flags = LinuxAbi.O_RDONLY | LinuxAbi.O_CLOEXEC | LinuxAbi.O_NOFOLLOW | flag;
    return Syscalls.openat(LinuxAbi.AT_FDCWD, path.toString(), flags, 0);
  }

  /** In place of a file that is lost: nothing can be read of it. */
  static ImageFile absent(String name) {
    return new ImageFile(name, NONE, 0, Runnable::run);
  }

  @Override
  public void read(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    reader.execute(() -> completion.completed(cookie, readNow(buffer, index, length, offsetBytes)));
  }

  @Override
  public void readVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    ByteBuf[] taken = Arrays.copyOf(buffers, count);
    reader.execute(() -> completion.completed(cookie, readNow(taken, offsetBytes)));
  }

  private int readNow(ByteBuf[] buffers, long offsetBytes) {
    int total = 0;
    for (ByteBuf buffer : buffers) {
      int length = buffer.readableBytes();
      int result = readNow(buffer, buffer.readerIndex(), length, offsetBytes + total);
      if (result < 0) {
        return result;
      }
      total += result;
      if (result < length) {
        break;
      }
    }
    return total;
  }

  /** As {@link #read}, by the caller. */
  int readNow(ByteBuf buffer, int index, int length, long offsetBytes) {
    if (fd == NONE) {
      return -Errno.ENOENT;
    }
    long address = FileArguments.address(name, buffer, index, length, offsetBytes);
    int done = 0;
    // What is not aligned any more is the end of the file.
    while (done < length && done % ALIGNMENT_BYTES == 0) {
      long result = Syscalls.pread(fd, address + done, length - done, offsetBytes + done);
      if (result == 0) {
        break;
      }
      if (result < 0 && result != -Errno.EINTR) {
        return (int) result;
      }
      done += (int) Math.max(0, result);
    }
    return done;
  }

  @Override
  public long lengthBytes() {
    return lengthBytes;
  }

  @Override
  public void close() {
    if (fd != NONE) {
      Syscalls.close(fd);
    }
  }

  @Override
  public void write(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    throw readOnly();
  }

  @Override
  public void writeDurably(
      ByteBuf buffer,
      int index,
      int length,
      long offsetBytes,
      IoCompletion completion,
      long cookie) {
    throw readOnly();
  }

  @Override
  public void writeVectored(
      ByteBuf[] buffers, int count, long offsetBytes, IoCompletion completion, long cookie) {
    throw readOnly();
  }

  @Override
  public void dataSync(IoCompletion completion, long cookie) {
    throw readOnly();
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    throw readOnly();
  }

  @Override
  public void punch(long offsetBytes, long lengthBytes, IoCompletion completion, long cookie) {
    throw readOnly();
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    throw new UnsupportedOperationException(name + " is closed by the image that it belongs to");
  }

  private UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException(name + " is open for reading only");
  }
}
