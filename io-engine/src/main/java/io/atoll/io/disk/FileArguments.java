package io.atoll.io.disk;

import io.netty.buffer.ByteBuf;
import java.util.Objects;

/** What the operations of a {@link DiskFile} refuse before they begin: defects of their callers. */
public final class FileArguments {

  private FileArguments() {}

  /**
   * The address in memory of what is to be moved.
   *
   * @param name of the file
   * @throws IndexOutOfBoundsException if it is not all in the buffer
   * @throws IllegalArgumentException if it is nothing, or its place in the file can't be
   */
  public static long address(String name, ByteBuf buffer, int index, int length, long offsetBytes) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (length < 1 || offsetBytes < 0) {
      throw new IllegalArgumentException(
          name + ": nothing to move at offset " + offsetBytes + ", length " + length);
    }
    return buffer.memoryAddress() + index;
  }

  /**
   * The number of buffers of a vectored operation.
   *
   * @throws IllegalArgumentException if that can't be
   */
  public static int count(String name, int count) {
    if (count < 1 || count > Disk.MAX_VECTOR_BUFFERS) {
      throw new IllegalArgumentException(
          name
              + ": "
              + count
              + " buffers in one operation, 1 to "
              + Disk.MAX_VECTOR_BUFFERS
              + " go");
    }
    return count;
  }

  /**
   * Checks a run of a file's space.
   *
   * @throws IllegalArgumentException if it is nothing, or can't be
   */
  public static void checkSpace(String name, long offsetBytes, long lengthBytes) {
    if (offsetBytes < 0 || lengthBytes < 1) {
      throw new IllegalArgumentException(
          name + ": no space at offset " + offsetBytes + ", length " + lengthBytes);
    }
  }
}
