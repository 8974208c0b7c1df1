package io.atoll.io.buffer;

import io.atoll.io.linux.NativeMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.lang.foreign.MemorySegment;

/**
 * Memory at page boundaries outside of any pool. It is gone with the last {@code release}, without
 * waiting for a garbage collection, and only then: who takes it releases it. A capacity that is
 * fixed.
 */
public final class AlignedMemory extends UnpooledUnsafeDirectByteBuf {

  private static final int ALIGNMENT_BYTES = 4096;

  private final long address;

  private AlignedMemory(MemorySegment memory) {
    super(UnpooledByteBufAllocator.DEFAULT, memory.asByteBuffer(), (int) memory.byteSize());
    address = memory.address();
  }

  /** Zeroed memory of {@code bytes}, a multiple of 4096, whose address is one too. */
  public static ByteBuf allocate(int bytes) {
    return new AlignedMemory(NativeMemory.allocate(bytes, ALIGNMENT_BYTES));
  }

  @Override
  public ByteBuf capacity(int newCapacity) {
    throw new UnsupportedOperationException("the capacity is fixed at " + capacity());
  }

  @Override
  protected void deallocate() {
    NativeMemory.free(address);
  }
}
