package io.atoll.io.ring;

import io.atoll.io.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The off-heap strings and structures of one change of names, which must live until its last step
 * has completed. Confined to its loop.
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

  @Override
  public void close() {
    arena.close();
  }
}
