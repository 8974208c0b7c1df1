package io.atoll.io.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of {@code struct iovec} in memory. Static functions over it. */
public final class IoVectorArray {

  /** Of one vector. */
  public static final int VECTOR_BYTES = 16;

  public static final int ALIGNMENT_BYTES = 8;

  private IoVectorArray() {}

  /** Sets a vector. */
  public static void set(MemorySegment vectors, int index, long address, long length) {
    long at = (long) index * VECTOR_BYTES;
    vectors.set(ValueLayout.JAVA_LONG, at, address);
    vectors.set(ValueLayout.JAVA_LONG, at + Long.BYTES, length);
  }

  /**
   * Drops the first {@code bytes} of the vectors from {@code index} on.
   *
   * @return the index of the first vector that has bytes left
   */
  public static int advance(MemorySegment vectors, int index, long bytes) {
    int at = index;
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
}
