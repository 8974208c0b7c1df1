package io.atoll.io.worker;

import io.atoll.io.disk.Errno;
import io.atoll.io.linux.IoVectorArray;
import io.atoll.io.linux.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** Whole reads and writes by blocking calls, for a worker. Results as of {@code DiskFile}. */
final class BlockingTransfer {

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
      MemorySegment vectors = vectors(arena, addresses, lengths);
      int total = IntStream.of(lengths).sum();
      int done = 0;
      int first = 0;
      while (done < total && (done & alignmentMask) == 0) {
        long at = vectors.address() + (long) first * IoVectorArray.VECTOR_BYTES;
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
        first = IoVectorArray.advance(vectors, first, result);
      }
      return done;
    }
  }

  /** Writes all of the memory at {@code addresses}, in order. */
  static int write(
      int fd, long[] addresses, int[] lengths, long offsetBytes, int flags, int alignmentMask) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = vectors(arena, addresses, lengths);
      int total = IntStream.of(lengths).sum();
      int done = 0;
      int first = 0;
      while (done < total) {
        long at = vectors.address() + (long) first * IoVectorArray.VECTOR_BYTES;
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
        first = IoVectorArray.advance(vectors, first, result);
      }
      return done;
    }
  }

  private static MemorySegment vectors(Arena arena, long[] addresses, int[] lengths) {
    MemorySegment vectors =
        arena.allocate(
            (long) addresses.length * IoVectorArray.VECTOR_BYTES, IoVectorArray.ALIGNMENT_BYTES);
    for (int i = 0; i < addresses.length; i++) {
      IoVectorArray.set(vectors, i, addresses[i], lengths[i]);
    }
    return vectors;
  }
}
