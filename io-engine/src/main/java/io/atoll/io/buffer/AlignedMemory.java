package io.atoll.io.buffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** Direct memory at page boundaries outside of any pool, for what lives as long as its owner. */
public final class AlignedMemory {

  private static final int ALIGNMENT_BYTES = 4096;

  private AlignedMemory() {}

  /** Zeroed memory of {@code bytes}, a multiple of 4096, whose address is one too. */
  public static ByteBuf allocate(int bytes) {
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes + ALIGNMENT_BYTES);
    return Unpooled.wrappedBuffer(memory.alignedSlice(ALIGNMENT_BYTES).slice(0, bytes));
  }
}
