package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a region says of its longest runs, against a set of bits. */
class RegionTest {

  private static final int UNIT = RegionImage.BLOCKS_PER_UNIT;

  private final SplittableRandom random = new SplittableRandom(4);
  private final byte[] image = RegionImage.empty();
  private final Region region = new Region(RegionSize.STANDARD);

  /** An overestimate of many regions would have each of them searched in vain. */
  @Test
  void longestRunsAreExactOnceLoaded() {
    for (int round = 0; round < 50; round++) {
      fragment(1 + random.nextInt(40));
      region.load(image, RegionImage.BLOCKS_PER_REGION);
      assertEquals(longest(false), region.longestFreeAtMost());
      assertEquals(longest(true), region.longestWrittenFreeAtMost());
    }
  }

  @Test
  void aSearchInVainFindsOutHowLongTheLongestRunIs() {
    fragment(20);
    region.load(image, RegionImage.BLOCKS_PER_REGION);
    for (int longest = longest(false); longest > 3; longest = longest(false)) {
      int at = region.findRun(0, longest, false);
      region.take(at, longest);
      RegionImage.setInUse(image, at, longest, true);
      if (region.findRun(0, Region.LONGEST_COUNTED, false) < 0) {
        assertEquals(longest(false), region.longestFreeAtMost());
      }
      if (region.findRun(0, Region.LONGEST_COUNTED, true) < 0) {
        assertEquals(longest(true), region.longestWrittenFreeAtMost());
      }
    }
  }

  @Test
  void aUnitThatBecomesWrittenJoinsThoseAroundIt() {
    RegionImage.setUnit(image, 0, UnitState.WRITTEN);
    RegionImage.setUnit(image, 2, UnitState.WRITTEN);
    RegionImage.setInUse(image, 0, 200, true);
    RegionImage.setInUse(image, 2 * UNIT + 10, RegionImage.BLOCKS_PER_REGION - 2 * UNIT - 10, true);
    region.load(image, RegionImage.BLOCKS_PER_REGION);
    assertEquals(UNIT - 200, region.longestWrittenFreeAtMost());
    region.setWritten(1);
    assertEquals(UNIT - 200 + UNIT + 10, region.longestWrittenFreeAtMost());
  }

  /** Blocks in use with gaps between them, and some written units. */
  private void fragment(int maxRun) {
    for (int unit = 0; unit < RegionImage.UNITS_PER_REGION; unit++) {
      RegionImage.setUnit(
          image, unit, random.nextBoolean() ? UnitState.WRITTEN : UnitState.ALLOCATED);
    }
    RegionImage.setInUse(image, 0, RegionImage.BLOCKS_PER_REGION, false);
    for (int at = 0; at < RegionImage.BLOCKS_PER_REGION; ) {
      at += random.nextInt(maxRun);
      int blocks = Math.min(1 + random.nextInt(maxRun), RegionImage.BLOCKS_PER_REGION - at);
      if (blocks > 0) {
        RegionImage.setInUse(image, at, blocks, true);
        at += blocks;
      }
    }
  }

  private int longest(boolean onlyWritten) {
    BitSet free = new BitSet();
    for (int block = 0; block < RegionImage.BLOCKS_PER_REGION; block++) {
      free.set(
          block,
          !RegionImage.inUse(image, block) && (!onlyWritten || region.isWritten(block / UNIT)));
    }
    int longest = 0;
    for (int from = free.nextSetBit(0);
        from >= 0;
        from = free.nextSetBit(free.nextClearBit(from))) {
      longest = Math.max(longest, free.nextClearBit(from) - from);
    }
    return Math.min(longest, Region.LONGEST_COUNTED);
  }
}
