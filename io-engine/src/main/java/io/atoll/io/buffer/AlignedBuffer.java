package io.atoll.io.buffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;

/**
 * One block of an {@link AlignedBufferPool}. The object belongs to the block and comes again
 * whenever the block is given out, so that giving out allocates nothing. Its capacity can change up
 * to the block's size without moving.
 */
final class AlignedBuffer extends UnpooledUnsafeDirectByteBuf {

  private final AlignedBufferPool pool;
  private final int page;
  private final int sizeOrder;
  private int usableBytes;

  /** Who has it; null for nobody that shares. */
  private FairShares.Member holder;

  /**
   * @param memory the whole block
   * @param page its first page in the pool
   * @param sizeOrder its size: 2<sup>sizeOrder</sup> pages
   */
  AlignedBuffer(AlignedBufferPool pool, ByteBuffer memory, int page, int sizeOrder) {
    super(UnpooledByteBufAllocator.DEFAULT, memory, memory.remaining());
    this.pool = pool;
    this.page = page;
    this.sizeOrder = sizeOrder;
  }

  int page() {
    return page;
  }

  int sizeOrder() {
    return sizeOrder;
  }

  FairShares.Member holder() {
    return holder;
  }

  /** Begins a new life with one reference, empty. */
  void renew(int bytes, FairShares.Member newHolder) {
    resetRefCnt();
    holder = newHolder;
    usableBytes = bytes;
    setIndex(0, 0);
  }

  @Override
  public int capacity() {
    // The constructor above asks before there is a pool.
    return pool == null ? super.capacity() : usableBytes;
  }

  @Override
  public ByteBuf capacity(int newCapacity) {
    if (newCapacity < 0 || newCapacity > maxCapacity()) {
      throw new IllegalArgumentException(
          "capacity " + newCapacity + " of a block of " + maxCapacity() + " bytes");
    }
    usableBytes = newCapacity;
    if (writerIndex() > newCapacity) {
      setIndex(Math.min(readerIndex(), newCapacity), newCapacity);
    }
    return this;
  }

  @Override
  protected void deallocate() {
    pool.give(this);
  }
}
