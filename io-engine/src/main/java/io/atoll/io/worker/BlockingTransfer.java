package io.atoll.io.worker;

import io.atoll.io.disk.Errno;
import io.atoll.io.linux.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whole reads and writes by blocking calls, for a worker. Results as of {@code DiskFile}. */
final class BlockingTransfer {

  private static final int VECTOR_BYTES = 16;

  private BlockingTransfer() {}

  /** Reads until {@code length} bytes or the end of the file. */
  static int read(int fd, long address, int length, long offsetBytes, int alignmentMask) {
    int done = 0;
    while (done < length && (done & alignmentMask) == 0) {
      long result = Syscalls.pread(fd, address + done, length - done, offsetBytes + done);
      if (result == 0) {
        break;
      }
      if (result == -Errno.EINTR) {
        continue;
      }
      if (result < 0) {
        return (int) result;
      }
      done += (int) result;
    }
    return done;
  }

  /** Reads into the memory at {@code addresses}, in order, until it or the file ends. */
  static int read(int fd, long[] addresses, int[] lengths, long offsetBytes, int alignmentMask) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate((long) addresses.length * VECTOR_BYTES, Long.BYTES);
      int total = fill(vectors, addresses, lengths);
      int done = 0;
      int first = 0;
      while (done < total && (done & alignmentMask) == 0) {
        long at = vectors.address() + (long) first * VECTOR_BYTES;
        long result = Syscalls.preadv2(fd, at, addresses.length - first, offsetBytes + done, 0);
        if (result == 0) {
          break;
        }
        if (result == -Errno.EINTR) {
          continue;
        }
        if (result < 0) {
          return (int) result;
        }
        done += (int) result;
        first = skip(vectors, first, result);
      }
      return done;
    }
  }

  /** Writes all of the memory at {@code addresses}, in order. */
  static int write(
      int fd, long[] addresses, int[] lengths, long offsetBytes, int flags, int alignmentMask) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate((long) addresses.length * VECTOR_BYTES, Long.BYTES);
      int total = fill(vectors, addresses, lengths);
      int done = 0;
      int first = 0;
      while (done < total) {
        long at = vectors.address() + (long) first * VECTOR_BYTES;
        long result =
            Syscalls.pwritev2(fd, at, addresses.length - first, offsetBytes + done, flags);
        if (result == -Errno.EINTR) {
          continue;
        }
        if (result < 0) {
          return (int) result;
        }
        done += (int) result;
        if (result == 0 || (done < total && (done & alignmentMask) != 0)) {
          return -Errno.EIO;
        }
        first = skip(vectors, first, result);
      }
      return done;
    }
  }

  private static int fill(MemorySegment vectors, long[] addresses, int[] lengths) {
    int total = 0;
    for (int i = 0; i < addresses.length; i++) {
      set(vectors, i, addresses[i], lengths[i]);
      total += lengths[i];
    }
    return total;
  }

  private static int skip(MemorySegment vectors, int first, long bytes) {
    int at = first;
    long left = bytes;
    while (left > 0) {
      long start = vectors.get(ValueLayout.JAVA_LONG, (long) at * VECTOR_BYTES);
      long length = vectors.get(ValueLayout.JAVA_LONG, (long) at * VECTOR_BYTES + Long.BYTES);
      if (left < length) {
        set(vectors, at, start + left, length - left);
        return at;
      }
      left -= length;
      at++;
    }
    return at;
  }

  private static void set(MemorySegment vectors, int index, long address, long length) {
    vectors.set(ValueLayout.JAVA_LONG, (long) index * VECTOR_BYTES, address);
    vectors.set(ValueLayout.JAVA_LONG, (long) index * VECTOR_BYTES + Long.BYTES, length);
  }
}
