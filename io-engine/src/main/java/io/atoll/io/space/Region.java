package io.atoll.io.space;

import java.util.Arrays;

/**
 * 128 MiB of blocks as the loop sees them: in use means allocated, handed out, freed but not yet
 * reusable, a hole, or beyond the end of the file. Loop-confined.
 */
final class Region {

  static final int BLOCKS = RegionImage.BLOCKS_PER_REGION;
  private static final int WORDS = BLOCKS / Long.SIZE;
  private static final int WORDS_PER_UNIT = RegionImage.BLOCKS_PER_UNIT / Long.SIZE;

  private final long[] inUse = new long[WORDS];
  private final long[] written = new long[RegionImage.UNITS_PER_REGION / Long.SIZE];
  private int freeBlocks;
  private int writtenFreeBlocks;

  /** No free run is longer than this; it may be an overestimate. */
  private int longestFreeAtMost;

  /** As {@link #longestFreeAtMost}, within written units. */
  private int longestWrittenFreeAtMost;

  /** A region of which nothing can be had yet. */
  Region() {
    Arrays.fill(inUse, -1L);
  }

  /** Takes over what the index says of the first {@code usableBlocks}. */
  void load(byte[] image, int usableBlocks) {
    for (int word = 0; word < WORDS; word++) {
      inUse[word] = RegionImage.inUseWord(image, word);
    }
    for (int word = 0; word < written.length; word++) {
      written[word] = RegionImage.writtenWord(image, word);
    }
    for (int unit = 0; unit < RegionImage.UNITS_PER_REGION; unit++) {
      if (RegionImage.isHole(image, unit)) {
        set(unit * RegionImage.BLOCKS_PER_UNIT, RegionImage.BLOCKS_PER_UNIT);
      }
    }
    if (usableBlocks < BLOCKS) {
      set(usableBlocks, BLOCKS - usableBlocks);
    }
    freeBlocks = 0;
    writtenFreeBlocks = 0;
    for (int word = 0; word < WORDS; word++) {
      int free = Long.SIZE - Long.bitCount(inUse[word]);
      freeBlocks += free;
      writtenFreeBlocks += isWritten(word / WORDS_PER_UNIT) ? free : 0;
    }
    forgetLongest();
  }

  int freeBlocks() {
    return freeBlocks;
  }

  /** Free blocks in written units. */
  int writtenFreeBlocks() {
    return writtenFreeBlocks;
  }

  /** Whether a run of free blocks may be had; false is sure. */
  boolean mayHave(int blocks, boolean onlyWritten) {
    return (onlyWritten ? longestWrittenFreeAtMost : longestFreeAtMost) >= blocks;
  }

  /** Marks free blocks as in use. */
  void take(int from, int blocks) {
    assert isFree(from, blocks) : "blocks " + from + "+" + blocks + " are not free";
    set(from, blocks);
    freeBlocks -= blocks;
    writtenFreeBlocks -= writtenBlocks(from, blocks);
  }

  /** Marks blocks in use as free. */
  void give(int from, int blocks) {
    assert isInUse(from, blocks) : "blocks " + from + "+" + blocks + " are not in use";
    for (int block = from; block < from + blocks; ) {
      int bits = Math.min(Long.SIZE - (block & 63), from + blocks - block);
      inUse[block >>> 6] &= ~mask(block, bits);
      block += bits;
    }
    freeBlocks += blocks;
    writtenFreeBlocks += writtenBlocks(from, blocks);
    forgetLongest();
  }

  boolean isWritten(int unit) {
    return (written[unit >>> 6] & (1L << (unit & 63))) != 0;
  }

  void setWritten(int unit) {
    if (!isWritten(unit)) {
      written[unit >>> 6] |= 1L << (unit & 63);
      for (int word = unit * WORDS_PER_UNIT; word < (unit + 1) * WORDS_PER_UNIT; word++) {
        writtenFreeBlocks += Long.SIZE - Long.bitCount(inUse[word]);
      }
      forgetLongest();
    }
  }

  /** The space of a unit that is in use goes back to the disk. */
  void setUnwritten(int unit) {
    written[unit >>> 6] &= ~(1L << (unit & 63));
  }

  /** Whether a block of the run lies in a unit that was never wholly written. */
  boolean anyUnwritten(int from, int blocks) {
    int last = (from + blocks - 1) / RegionImage.BLOCKS_PER_UNIT;
    for (int unit = from / RegionImage.BLOCKS_PER_UNIT; unit <= last; unit++) {
      if (!isWritten(unit)) {
        return true;
      }
    }
    return false;
  }

  /** The first unit from {@code from} on that is wholly free and not written, or -1. */
  int freeUnwrittenUnit(int from) {
    for (int unit = from; unit < RegionImage.UNITS_PER_REGION; unit++) {
      if (!isWritten(unit) && unitIsFree(unit)) {
        return unit;
      }
    }
    return -1;
  }

  /**
   * The last unit before {@code end} that is wholly free, or -1.
   *
   * @param alsoWritten whether one that was written will do
   */
  int lastFreeUnit(int end, boolean alsoWritten) {
    for (int unit = end - 1; unit >= 0; unit--) {
      if ((alsoWritten || !isWritten(unit)) && unitIsFree(unit)) {
        return unit;
      }
    }
    return -1;
  }

  /**
   * Finds {@code blocks} free neighbours from {@code from} on.
   *
   * @param onlyWritten pass over units that were never wholly written
   * @return the first block, or -1
   */
  int findRun(int from, int blocks, boolean onlyWritten) {
    int runStart = from;
    int at = from;
    while (at < BLOCKS && BLOCKS - runStart >= blocks) {
      long word = inUse[at >>> 6] >>> (at & 63);
      int left = Long.SIZE - (at & 63);
      if (onlyWritten && !isWritten(at / RegionImage.BLOCKS_PER_UNIT)) {
        at += left;
        runStart = at;
      } else {
        int free = Math.min(Long.numberOfTrailingZeros(word), left);
        if (at + free - runStart >= blocks) {
          return runStart;
        }
        at += free;
        if (free < left) {
          at += Long.numberOfTrailingZeros(~(word >>> free));
          runStart = at;
        }
      }
    }
    if (from == 0 && onlyWritten) {
      longestWrittenFreeAtMost = Math.min(longestWrittenFreeAtMost, blocks - 1);
    } else if (from == 0) {
      longestFreeAtMost = Math.min(longestFreeAtMost, blocks - 1);
    }
    return -1;
  }

  /** The first free block from {@code from} on, or -1. */
  int findFree(int from) {
    return findRun(from, 1, false);
  }

  /** How many blocks from {@code from} on are free, at most {@code limit}. */
  int freeRunLength(int from, int limit) {
    int end = Math.min(BLOCKS, from + limit);
    int at = from;
    while (at < end) {
      int left = Long.SIZE - (at & 63);
      int free = Math.min(Long.numberOfTrailingZeros(inUse[at >>> 6] >>> (at & 63)), left);
      at += free;
      if (free < left) {
        break;
      }
    }
    return Math.min(at, end) - from;
  }

  private int writtenBlocks(int from, int blocks) {
    int count = 0;
    for (int at = from; at < from + blocks; ) {
      int unitEnd = (at | RegionImage.BLOCKS_PER_UNIT - 1) + 1;
      int end = Math.min(unitEnd, from + blocks);
      count += isWritten(at / RegionImage.BLOCKS_PER_UNIT) ? end - at : 0;
      at = end;
    }
    return count;
  }

  private void forgetLongest() {
    longestFreeAtMost = freeBlocks;
    longestWrittenFreeAtMost = writtenFreeBlocks;
  }

  private boolean unitIsFree(int unit) {
    for (int word = unit * WORDS_PER_UNIT; word < (unit + 1) * WORDS_PER_UNIT; word++) {
      if (inUse[word] != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isFree(int from, int blocks) {
    return freeRunLength(from, blocks) == blocks;
  }

  private boolean isInUse(int from, int blocks) {
    for (int block = from; block < from + blocks; block++) {
      if ((inUse[block >>> 6] & (1L << (block & 63))) == 0) {
        return false;
      }
    }
    return true;
  }

  private void set(int from, int blocks) {
    for (int block = from; block < from + blocks; ) {
      int bits = Math.min(Long.SIZE - (block & 63), from + blocks - block);
      inUse[block >>> 6] |= mask(block, bits);
      block += bits;
    }
  }

  private static long mask(int block, int bits) {
    return (bits == Long.SIZE ? -1L : (1L << bits) - 1) << (block & 63);
  }
}
