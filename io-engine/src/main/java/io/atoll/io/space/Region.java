package io.atoll.io.space;

import java.util.Arrays;

/**
 * A region of blocks as the loop sees them: in use means allocated, handed out, freed but not yet
 * reusable, a hole, or beyond the end of the file. Loop-confined.
 */
final class Region {

  private static final int WORDS_PER_UNIT = RegionImage.BLOCKS_PER_UNIT / Long.SIZE;

  /**
   * Longer runs count as so long. What is freed is looked at with its neighbours up to here, and no
   * request that is larger is told to be hopeless.
   */
  static final int LONGEST_COUNTED = 1024;

  private final int regionBlocks;
  private final int regionUnits;
  private final long[] inUse;
  private final long[] written = new long[RegionImage.UNITS_PER_REGION / Long.SIZE];
  private int freeBlocks;
  private int writtenFreeBlocks;

  /** No free run is longer than this; where runs have been taken, it may be an overestimate. */
  private int longestFreeAtMost;

  /** As {@link #longestFreeAtMost}, within written units. */
  private int longestWrittenFreeAtMost;

  private int freeUnits;
  private int freeUnwrittenUnits;

  /** A region of which nothing can be had yet. */
  Region(RegionSize size) {
    regionBlocks = size.blocks();
    regionUnits = size.units();
    inUse = new long[regionBlocks / Long.SIZE];
    Arrays.fill(inUse, -1L);
  }

  /** Takes over what the index says of the first {@code usableBlocks}. */
  void load(byte[] image, int usableBlocks) {
    for (int word = 0; word < inUse.length; word++) {
      inUse[word] = RegionImage.inUseWord(image, word);
    }
    for (int word = 0; word < written.length; word++) {
      written[word] = RegionImage.writtenWord(image, word);
    }
    for (int unit = 0; unit < regionUnits; unit++) {
      if (RegionImage.isHole(image, unit)) {
        set(unit * RegionImage.BLOCKS_PER_UNIT, RegionImage.BLOCKS_PER_UNIT);
      }
    }
    if (usableBlocks < regionBlocks) {
      set(usableBlocks, regionBlocks - usableBlocks);
    }
    freeBlocks = 0;
    writtenFreeBlocks = 0;
    for (int word = 0; word < inUse.length; word++) {
      int free = Long.SIZE - Long.bitCount(inUse[word]);
      freeBlocks += free;
      writtenFreeBlocks += isWritten(word / WORDS_PER_UNIT) ? free : 0;
    }
    longestFreeAtMost = longestRun(0, regionBlocks, false);
    longestWrittenFreeAtMost = longestRun(0, regionBlocks, true);
    freeUnits = 0;
    freeUnwrittenUnits = 0;
    countFreeUnits(0, regionBlocks, 1);
  }

  int freeBlocks() {
    return freeBlocks;
  }

  /** Free blocks in written units. */
  int writtenFreeBlocks() {
    return writtenFreeBlocks;
  }

  /** No free run is longer, unless this is {@link #LONGEST_COUNTED}; it may be an overestimate. */
  int longestFreeAtMost() {
    return longestFreeAtMost;
  }

  /** As {@link #longestFreeAtMost}, within written units. */
  int longestWrittenFreeAtMost() {
    return longestWrittenFreeAtMost;
  }

  /** Wholly free units. */
  int freeUnits() {
    return freeUnits;
  }

  /** Wholly free units that were never written from end to end. */
  int freeUnwrittenUnits() {
    return freeUnwrittenUnits;
  }

  /** Marks free blocks as in use. */
  void take(int from, int blocks) {
    assert isFree(from, blocks) : "blocks " + from + "+" + blocks + " are not free";
    countFreeUnits(from, blocks, -1);
    set(from, blocks);
    freeBlocks -= blocks;
    writtenFreeBlocks -= writtenBlocks(from, blocks);
    longestFreeAtMost = Math.min(longestFreeAtMost, freeBlocks);
    longestWrittenFreeAtMost = Math.min(longestWrittenFreeAtMost, writtenFreeBlocks);
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
    countFreeUnits(from, blocks, 1);
    countRunAround(from, from + blocks);
  }

  boolean isWritten(int unit) {
    return (written[unit >>> 6] & (1L << (unit & 63))) != 0;
  }

  void setWritten(int unit) {
    if (!isWritten(unit)) {
      freeUnwrittenUnits -= unitIsFree(unit) ? 1 : 0;
      written[unit >>> 6] |= 1L << (unit & 63);
      int free = 0;
      for (int word = unit * WORDS_PER_UNIT; word < (unit + 1) * WORDS_PER_UNIT; word++) {
        free += Long.SIZE - Long.bitCount(inUse[word]);
      }
      writtenFreeBlocks += free;
      int from = unit * RegionImage.BLOCKS_PER_UNIT;
      int end = from + RegionImage.BLOCKS_PER_UNIT;
      int longest =
          longestRun(from - freeRunBefore(from), end + freeRunLength(end, LONGEST_COUNTED), true);
      longestWrittenFreeAtMost = Math.max(longestWrittenFreeAtMost, longest);
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
    for (int unit = from; unit < regionUnits; unit++) {
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
   * Finds {@code blocks} free neighbours from {@code from} on. If there are none in the whole
   * region, it is known exactly from then on how many there are at most.
   *
   * @param onlyWritten pass over units that were never wholly written
   * @return the first block, or -1
   */
  int findRun(int from, int blocks, boolean onlyWritten) {
    int runStart = from;
    int at = from;
    while (at < regionBlocks && regionBlocks - runStart >= blocks) {
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
      longestWrittenFreeAtMost = longestRun(0, regionBlocks, true);
    } else if (from == 0) {
      longestFreeAtMost = longestRun(0, regionBlocks, false);
    }
    return -1;
  }

  /** How many blocks from {@code from} on are free, at most {@code limit}. */
  int freeRunLength(int from, int limit) {
    int end = Math.min(regionBlocks, from + limit);
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

  /** Free blocks have been joined with those around them. */
  private void countRunAround(int from, int end) {
    int first = from - freeRunBefore(from);
    int last = end + freeRunLength(end, LONGEST_COUNTED);
    longestFreeAtMost = Math.max(longestFreeAtMost, Math.min(last - first, LONGEST_COUNTED));
    longestWrittenFreeAtMost = Math.max(longestWrittenFreeAtMost, longestRun(first, last, true));
  }

  /** The longest free run between two blocks, as far as it counts. */
  private int longestRun(int from, int end, boolean onlyWritten) {
    int longest = 0;
    int runStart = from;
    int at = from;
    while (at < end) {
      int left = Math.min(Long.SIZE - (at & 63), end - at);
      if (onlyWritten && !isWritten(at / RegionImage.BLOCKS_PER_UNIT)) {
        at += left;
        runStart = at;
      } else {
        long word = inUse[at >>> 6] >>> (at & 63);
        int free = Math.min(Long.numberOfTrailingZeros(word), left);
        at += free;
        longest = Math.max(longest, at - runStart);
        if (free < left) {
          at += Long.numberOfTrailingZeros(~(word >>> free));
          runStart = at;
        }
      }
    }
    return Math.min(longest, LONGEST_COUNTED);
  }

  /** How many blocks just before {@code end} are free, as far as they count. */
  private int freeRunBefore(int end) {
    int limit = Math.max(0, end - LONGEST_COUNTED);
    int at = end;
    while (at > limit) {
      int bits = ((at - 1) & 63) + 1;
      long word = inUse[(at - 1) >>> 6] << (Long.SIZE - bits);
      int free = Math.min(Long.numberOfLeadingZeros(word), bits);
      at -= free;
      if (free < bits) {
        break;
      }
    }
    return end - Math.max(at, limit);
  }

  /** Adds {@code sign} for each wholly free unit that the run touches. */
  private void countFreeUnits(int from, int blocks, int sign) {
    int last = (from + blocks - 1) / RegionImage.BLOCKS_PER_UNIT;
    for (int unit = from / RegionImage.BLOCKS_PER_UNIT; unit <= last; unit++) {
      if (unitIsFree(unit)) {
        freeUnits += sign;
        freeUnwrittenUnits += isWritten(unit) ? 0 : sign;
      }
    }
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
