package io.atoll.io.check;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A bit for each block of a volume, off the heap. Confined to one thread at a time. */
public final class BlockBitmap {

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment words;
  private final long blocks;

  public BlockBitmap(Scratch scratch, String name, long blocks) {
    this.blocks = blocks;
    words = scratch.zeros(name, Math.max(1, (blocks + Long.SIZE - 1) / Long.SIZE) * Long.BYTES);
  }

  /** How many bits there are. */
  public long blocks() {
    return blocks;
  }

  public boolean get(long block) {
    return (words.get(WORD, (block >>> 6) << 3) & (1L << block)) != 0;
  }

  /** Sets a bit; false if it was set before. */
  public boolean set(long block) {
    long at = (block >>> 6) << 3;
    long before = words.get(WORD, at);
    words.set(WORD, at, before | (1L << block));
    return (before & (1L << block)) == 0;
  }

  /** Visits the runs of blocks that are set here and not in {@code other}, of the same length. */
  public void forEachRunMissingIn(BlockBitmap other, RunVisitor visitor) {
    long start = -1;
    for (long block = 0; block < blocks; block++) {
      if ((block & 63) == 0 && start < 0 && difference(other, block) == 0) {
        block += 63;
        continue;
      }
      boolean missing = (difference(other, block) & (1L << block)) != 0;
      if (missing && start < 0) {
        start = block;
      } else if (!missing && start >= 0) {
        visitor.run(start, block - start);
        start = -1;
      }
    }
    if (start >= 0) {
      visitor.run(start, blocks - start);
    }
  }

  private long difference(BlockBitmap other, long block) {
    long at = (block >>> 6) << 3;
    return words.get(WORD, at) & ~other.words.get(WORD, at);
  }

  /** Sees runs in order. */
  @FunctionalInterface
  public interface RunVisitor {
    void run(long address, long blocks);
  }
}
