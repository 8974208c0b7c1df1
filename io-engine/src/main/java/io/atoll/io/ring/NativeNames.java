package io.atoll.io.ring;

import io.atoll.io.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The off-heap strings and structures of one change of names or opening, which must live until its
 * last step has completed. Confined to its loop.
 */
final class NativeNames implements AutoCloseable {

  private final Arena arena = Arena.ofConfined();

  /** Address of {@code name} as a C string. */
  long address(String name) {
    return arena.allocateFrom(name).address();
  }

  /** A {@code struct statx} to be filled in. */
  MemorySegment statx() {
    return arena.allocate(Statx.BYTES, Statx.ALIGNMENT_BYTES);
  }

  /** Address of a {@code struct __kernel_timespec} with so long a time. */
  long timespec(long seconds, long nanos) {
    return arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, nanos).address();
  }

  @Override
  public void close() {
    arena.close();
  }
}
