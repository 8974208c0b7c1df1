package io.atoll.io.linux;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap blocks of {@code struct iovec}, taken for one vectored operation and given back. Memory
 * grows by {@link #SLAB_BLOCKS} at a time to the most that were out at once, at most the bound
 * given, and is kept. Confined to the thread that made it.
 */
public final class IoVectors implements AutoCloseable {

  /** The growth step, in blocks. */
  static final int SLAB_BLOCKS = 64;

  private final Arena arena = Arena.ofConfined();
  private final int vectorsPerBlock;
  private final int maxBlocks;
  private MemorySegment[] blocks = new MemorySegment[0];
  private int[] free = new int[0];
  private int freeCount;

  /**
   * @param vectorsPerBlock the most vectors of one operation
   * @param maxBlocks the most operations at once
   */
  public IoVectors(int vectorsPerBlock, int maxBlocks) {
    this.vectorsPerBlock = vectorsPerBlock;
    this.maxBlocks = maxBlocks;
  }

  /** Takes a block; its number, or −1 at the bound. */
  public int take() {
    if (freeCount == 0 && !grow()) {
      return -1;
    }
    return free[--freeCount];
  }

  /** Gives a block back. */
  public void give(int block) {
    free[freeCount++] = block;
  }

  /** Address of the block's vector {@code index}. */
  public long address(int block, int index) {
    return blocks[block].address() + (long) index * IoVectorArray.VECTOR_BYTES;
  }

  /** Sets a vector. */
  public void set(int block, int index, long address, long length) {
    IoVectorArray.set(blocks[block], index, address, length);
  }

  /** Sets a vector to a buffer's readable bytes. */
  public void set(int block, int index, ByteBuf buffer) {
    set(block, index, buffer.memoryAddress() + buffer.readerIndex(), buffer.readableBytes());
  }

  /**
   * Drops the first {@code bytes} of the vectors from {@code index} on.
   *
   * @return the index of the first vector that has bytes left
   */
  public int advance(int block, int index, long bytes) {
    return IoVectorArray.advance(blocks[block], index, bytes);
  }

  private boolean grow() {
    int count = Math.min(SLAB_BLOCKS, maxBlocks - blocks.length);
    if (count <= 0) {
      return false;
    }
    long blockBytes = (long) vectorsPerBlock * IoVectorArray.VECTOR_BYTES;
    MemorySegment slab = arena.allocate(count * blockBytes, IoVectorArray.VECTOR_BYTES);
    MemorySegment[] grown = new MemorySegment[blocks.length + count];
    System.arraycopy(blocks, 0, grown, 0, blocks.length);
    free = new int[grown.length];
    for (int i = 0; i < count; i++) {
      grown[blocks.length + i] = slab.asSlice(i * blockBytes, blockBytes);
      free[freeCount++] = blocks.length + i;
    }
    blocks = grown;
    return true;
  }

  /** Frees the memory; nothing may be out. */
  @Override
  public void close() {
    arena.close();
  }
}
