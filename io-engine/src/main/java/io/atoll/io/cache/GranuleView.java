package io.atoll.io.cache;

import io.atoll.io.loop.Mail;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;

/**
 * A part of a granule, between its reader and its writer index, as a buffer that counts its
 * references. It spans the whole slab, so that the same object serves for any part of it: taking
 * one allocates nothing once there are as many as were ever out at once.
 */
final class GranuleView extends UnpooledUnsafeDirectByteBuf implements Mail {

  private final GranuleMemory memory;
  private final int slab;
  private int granule;
  private DataCache lender;
  private Mail next;

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

  /** Its last reference went on another loop. */
  @Override
  public void deliver() {
    lender.takeBack(this);
  }

  @Override
  public Mail nextMail() {
    return next;
  }

  @Override
  public void nextMail(Mail newNext) {
    next = newNext;
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
