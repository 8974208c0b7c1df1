package io.atoll.io.cache;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;

/**
 * A part of a granule, between its reader and its writer index, as a buffer that counts its
 * references. It spans the whole slab, so that the same object serves for any part of it: taking
 * one allocates nothing once there are as many as were ever out at once.
 */
final class GranuleView extends UnpooledUnsafeDirectByteBuf {

  private final GranuleMemory memory;
  private final int slab;
  private int granule;
  private DataCache lender;

  GranuleView(GranuleMemory memory, int slab, ByteBuffer bytes) {
    super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes.remaining());
    this.memory = memory;
    this.slab = slab;
  }

  int slab() {
    return slab;
  }

  int granule() {
    return granule;
  }

  /** Begins a new life with one reference. */
  void renew(int newGranule, int fromIndex, int toIndex, DataCache newLender) {
    resetRefCnt();
    granule = newGranule;
    lender = newLender;
    setIndex(fromIndex, toIndex);
  }

  @Override
  protected void deallocate() {
    if (lender == null) {
      memory.give(this);
    } else {
      lender.returned(this);
    }
  }
}
