package io.atoll.rpc;

import io.netty.buffer.ByteBuf;

/**
 * Gives out the buffers that large payloads are received into. Confined to the connections' loop.
 */
@FunctionalInterface
public interface PayloadAllocator {
  /** What file offset and memory address of a payload must agree in, modulo this. */
  int ALIGNMENT_BYTES = 4096;

  /**
   * An empty direct buffer for {@code lengthBytes} of a file from {@code offsetBytes} on: reader
   * and writer index are the same and lie at an address congruent to {@code offsetBytes} modulo
   * {@link #ALIGNMENT_BYTES}, and at least {@code lengthBytes} are writable.
   *
   * @return null if none is to be had now: the connection waits and asks again
   */
  ByteBuf allocate(long offsetBytes, int lengthBytes);

  /**
   * What a buffer for this takes of the memory that there is: pages, rounded up to a power of two.
   */
  static int heldBytes(long offsetBytes, int lengthBytes) {
    int lead = (int) (offsetBytes & (ALIGNMENT_BYTES - 1));
    int pages = (lead + lengthBytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES;
    return pages <= 1 ? ALIGNMENT_BYTES : Integer.highestOneBit(pages - 1) * 2 * ALIGNMENT_BYTES;
  }
}
