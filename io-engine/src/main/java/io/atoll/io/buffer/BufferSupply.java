package io.atoll.io.buffer;

import io.netty.buffer.ByteBuf;

/** Where direct memory that a disk takes comes from. Loop-confined. */
@FunctionalInterface
public interface BufferSupply {

  /**
   * A direct buffer of at least {@code bytes} whose memory address at index 0 is a multiple of
   * 4096, with one reference that the caller releases; null if the supply is at its bound.
   */
  ByteBuf take(int bytes);

  /** How much of it its owner had better not exceed for long, as others want theirs; in bytes. */
  default long evenPartBytes() {
    return Long.MAX_VALUE;
  }
}
