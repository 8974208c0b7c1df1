package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpaceMapTest {

  private static final int REGION = RegionImage.BLOCKS_PER_REGION;
  private static final int UNIT = RegionImage.BLOCKS_PER_UNIT;

  @Test
  void wholeRequestsComeInOneRun() {
    SpaceMap map = map(4 * UNIT);
    assertEquals(List.of(new BlockRun(0, 100)), map.allocate(100));
    assertEquals(List.of(new BlockRun(100, 600)), map.allocate(600));
    assertEquals(4 * UNIT - 700, map.freeBlocks());
  }

  @Test
  void tooMuchIsNotGivenAtAll() {
    SpaceMap map = map(UNIT);
    assertTrue(map.allocate(UNIT + 1).isEmpty());
    assertEquals(UNIT, map.freeBlocks());
  }

  @Test
  void neighboursInTwoRegionsAreReleasedTogether() {
    SpaceMap map = map(2 * REGION);
    map.allocate(2 * REGION);
    assertEquals(0, map.freeBlocks());
    map.release(REGION - 10, 30);
    assertEquals(30, map.freeBlocks());
    assertEquals(List.of(new BlockRun(REGION, 20)), map.allocate(20));
    assertEquals(List.of(new BlockRun(REGION - 10, 10)), map.allocate(10));
  }

  @Test
  void writtenSpaceIsPreferred() {
    SpaceMap map = map(4 * UNIT);
    map.takeUnwrittenUnit();
    BlockRun second = map.takeUnwrittenUnit();
    map.setWritten(second);
    map.release(second);
    BlockRun run = map.allocate(10).getFirst();
    assertEquals(UNIT, run.address());
    assertFalse(map.anyUnwritten(run.address(), run.blocks()));
    assertEquals(UNIT - 10, map.writtenFreeBlocks());
    assertTrue(map.anyUnwritten(2L * UNIT - 1, 2));
  }

  @Test
  void holesComeFromTheEndAndOnlyOfWhollyFreeUnits() {
    SpaceMap map = map(8 * UNIT);
    map.allocate(5 * UNIT + 1);
    assertEquals(new BlockRun(6L * UNIT, 2 * UNIT), map.takeHole(4, 0));
    assertNull(map.takeHole(4, 0));
    assertEquals(UNIT - 1, map.freeBlocks());
    assertEquals(6 * UNIT, map.allocatedBlocks());
  }

  @Test
  void aUnitInWhichSomethingHasJustBecomeFreeIsNoHole() {
    SpaceMap map = map(2 * REGION);
    map.allocate(REGION);
    map.allocate(REGION);
    map.release(0, REGION);
    map.release(REGION, REGION - 10);
    map.watchReleases();
    map.release(2L * REGION - 10, 10);
    assertEquals(new BlockRun(2L * REGION - 3L * UNIT, 2 * UNIT), map.takeHole(2, 0));
    map.watchReleases();
    assertEquals(new BlockRun(2L * REGION - UNIT, UNIT), map.takeHole(2, 0));
  }

  @Test
  void holesAreFoundBeforeARegionThatHasJustBecomeFree() {
    SpaceMap map = map(2 * REGION);
    map.allocate(REGION);
    map.allocate(REGION);
    map.release(0, UNIT);
    map.watchReleases();
    map.release(REGION, REGION);
    assertEquals(new BlockRun(0, UNIT), map.takeHole(2, 0));
    assertNull(map.takeHole(2, 0));
    assertTrue(map.anyReleased());
    map.watchReleases();
    assertEquals(new BlockRun(2L * REGION - 2L * UNIT, 2 * UNIT), map.takeHole(2, 0));
  }

  @Test
  void aFilledHoleIsFreeAndNotWritten() {
    SpaceMap map = map(2 * UNIT);
    for (int i = 0; i < 2; i++) {
      BlockRun unit = map.takeUnwrittenUnit();
      map.setWritten(unit);
      map.release(unit);
    }
    map.watchReleases();
    BlockRun hole = map.takeHole(1, 0);
    assertEquals(UNIT, map.writtenFreeBlocks());
    map.fillHole(hole);
    assertEquals(2 * UNIT, map.freeBlocks());
    assertTrue(map.anyUnwritten(hole.address(), hole.blocks()));
    assertEquals(UNIT, map.writtenFreeBlocks());
  }

  @Test
  void spaceWrittenAheadIsNotGivenBack() {
    SpaceMap map = map(2 * UNIT);
    BlockRun written = map.takeUnwrittenUnit();
    map.setWritten(written);
    map.release(written);
    map.watchReleases();
    assertEquals(new BlockRun(UNIT, UNIT), map.takeHole(2, UNIT));
    assertNull(map.takeHole(1, UNIT));
  }

  @Test
  void aHoleInTheIndexThatIsInUseIsNone() {
    byte[] image = RegionImage.empty();
    RegionImage.setUnit(image, 0, UnitState.HOLE);
    RegionImage.setUnit(image, 1, UnitState.HOLE);
    RegionImage.setInUse(image, UNIT, 1, true);
    SpaceMap map = new SpaceMap(RegionSize.STANDARD);
    map.load(image, 3 * UNIT);
    assertEquals(2 * UNIT - 1, map.freeBlocks());
    assertEquals(2 * UNIT, map.allocatedBlocks());
  }

  @Test
  void aHoleBehindTheEndOfTheFileIsNone() {
    byte[] image = RegionImage.empty();
    RegionImage.setUnit(image, 2, UnitState.HOLE);
    SpaceMap map = new SpaceMap(RegionSize.STANDARD);
    map.load(image, 2 * UNIT);
    assertEquals(2 * UNIT, map.allocatedBlocks());
    map.grow(3 * UNIT);
    assertEquals(3 * UNIT, map.freeBlocks());
    assertEquals(3 * UNIT, map.allocatedBlocks());
  }

  @Test
  void aRegionOfTheVersionWithoutHolesIsReadAndBecomesCurrent() {
    byte[] old = Arrays.copyOf(RegionImage.empty(), RegionImage.BYTES - 16);
    old[0] = 1;
    RegionImage.setInUse(old, 7, 1, true);
    assertTrue(RegionImage.readable(old));
    RegionEditor editor = new RegionEditor(RegionSize.STANDARD, number -> old);
    editor.unit(new UnitChange(new BlockRun(UNIT, UNIT), UnitState.HOLE));
    editor.forEach((number, image) -> {
      assertTrue(RegionImage.readable(image));
      assertEquals(1, RegionImage.inUseBlocks(image));
      assertTrue(RegionImage.isHole(image, 1));
      assertFalse(RegionImage.isHole(image, 2));
    });
  }

  @Test
  void runsNeverCrossARegion() {
    SpaceMap map = map(2 * REGION);
    long taken = 0;
    for (List<BlockRun> runs = map.allocate(1000); !runs.isEmpty(); runs = map.allocate(1000)) {
      for (BlockRun run : runs) {
        assertEquals(
            RegionSize.STANDARD.regionOf(run.address()),
            RegionSize.STANDARD.regionOf(run.end() - 1));
        taken += run.blocks();
      }
    }
    assertTrue(2L * REGION - taken < 1000, "left: " + (2L * REGION - taken));
  }

  @Test
  void fragmentsAreGatheredWhenNothingElseIsLeft() {
    SpaceMap map = map(UNIT);
    map.allocate(UNIT);
    for (int block = 0; block < UNIT; block += 2) {
      map.release(new BlockRun(block, 1));
    }
    assertEquals(UNIT / 2, map.allocate(UNIT / 2).size());
    assertEquals(0, map.freeBlocks());
  }

  @Test
  void growingAddsFreeSpaceAndUnwrittenUnits() {
    SpaceMap map = map(UNIT);
    map.allocate(UNIT);
    assertTrue(map.allocate(1).isEmpty());
    map.grow(REGION + UNIT);
    assertEquals(REGION, map.freeBlocks());
    assertEquals(UNIT, map.allocate(1000).getFirst().address());
  }

  @Test
  void agreesWithANaiveMapUnderRandomUse() {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SpaceMap map = map(3 * UNIT);
      BitSet used = new BitSet();
      BitSet written = new BitSet();
      List<BlockRun> held = new ArrayList<>();
      for (int step = 0; step < 2000; step++) {
        if (random.nextInt(50) == 0) {
          BlockRun unit = map.takeUnwrittenUnit();
          if (unit != null) {
            map.setWritten(unit);
            map.release(unit);
            written.set((int) unit.address(), (int) unit.end());
          }
        } else if (random.nextBoolean()) {
          for (BlockRun run : map.allocate(1 + random.nextInt(200))) {
            assertTrue(used.get((int) run.address(), (int) run.end()).isEmpty(), "seed " + seed);
            used.set((int) run.address(), (int) run.end());
            held.add(run);
          }
        } else if (!held.isEmpty()) {
          BlockRun run = held.remove(random.nextInt(held.size()));
          used.clear((int) run.address(), (int) run.end());
          map.release(run);
        }
        BitSet writtenFree = (BitSet) written.clone();
        writtenFree.andNot(used);
        assertEquals(3 * UNIT - used.cardinality(), map.freeBlocks(), "seed " + seed);
        assertEquals(writtenFree.cardinality(), map.writtenFreeBlocks(), "seed " + seed);
      }
    }
  }

  @Test
  void aRunIsFoundWhereverThereIsOneAndAWrittenOneFirst() {
    int blocks = 3 * REGION + 5 * UNIT;
    for (long seed = 1; seed <= 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SpaceMap map = map(blocks);
      BitSet used = new BitSet();
      BitSet written = new BitSet();
      List<BlockRun> held = new ArrayList<>();
      for (int step = 0; step < 3000; step++) {
        if (random.nextInt(20) == 0) {
          BlockRun unit = map.takeUnwrittenUnit();
          if (unit != null) {
            map.setWritten(unit);
            map.release(unit);
            written.set((int) unit.address(), (int) unit.end());
          }
        }
        if (random.nextInt(3) > 0 || held.isEmpty()) {
          int wanted = 1 + random.nextInt(400);
          BitSet usedOrUnwritten = (BitSet) written.clone();
          usedOrUnwritten.flip(0, blocks);
          usedOrUnwritten.or(used);
          boolean one = longestRun(used, blocks) >= wanted;
          boolean oneWritten = longestRun(usedOrUnwritten, blocks) >= wanted;
          List<BlockRun> runs = map.allocate(wanted);
          String context = "seed " + seed + ", step " + step + ", " + wanted + " blocks";
          assertEquals(one, runs.size() == 1, context);
          assertEquals(one && !oneWritten, one && anyUnwritten(map, runs.getFirst()), context);
          for (BlockRun run : runs) {
            used.set((int) run.address(), (int) run.end());
            held.add(run);
          }
        } else {
          BlockRun run = held.remove(random.nextInt(held.size()));
          used.clear((int) run.address(), (int) run.end());
          map.release(run);
        }
      }
    }
  }

  private static boolean anyUnwritten(SpaceMap map, BlockRun run) {
    return map.anyUnwritten(run.address(), run.blocks());
  }

  /** Of clear bits, within one region. */
  private static int longestRun(BitSet bits, int blocks) {
    int longest = 0;
    for (int at = bits.nextClearBit(0); at < blocks; ) {
      int regionEnd = Math.min(blocks, (at | REGION - 1) + 1);
      int set = bits.nextSetBit(at);
      int end = set < 0 ? regionEnd : Math.min(set, regionEnd);
      longest = Math.max(longest, end - at);
      at = bits.nextClearBit(end);
    }
    return longest;
  }

  private static SpaceMap map(int blocks) {
    SpaceMap map = new SpaceMap(RegionSize.STANDARD);
    for (int at = 0; at < blocks; at += REGION) {
      map.load(RegionImage.empty(), Math.min(REGION, blocks - at));
    }
    return map;
  }
}
