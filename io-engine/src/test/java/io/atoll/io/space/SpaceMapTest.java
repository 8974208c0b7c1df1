package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayList;
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
  void writtenSpaceIsPreferred() {
    SpaceMap map = map(4 * UNIT);
    map.takeUnwrittenUnit();
    BlockRun second = map.takeUnwrittenUnit();
    map.setWritten(second);
    map.release(second);
    BlockRun run = map.allocate(10).getFirst();
    assertEquals(UNIT, run.address());
    assertFalse(map.anyUnwritten(run));
    assertEquals(UNIT - 10, map.writtenFreeBlocks());
    assertTrue(map.anyUnwritten(new BlockRun(2L * UNIT - 1, 2)));
  }

  @Test
  void runsNeverCrossARegion() {
    SpaceMap map = map(2 * REGION);
    long taken = 0;
    for (List<BlockRun> runs = map.allocate(1000); !runs.isEmpty(); runs = map.allocate(1000)) {
      for (BlockRun run : runs) {
        assertEquals(SpaceMap.regionOf(run.address()), SpaceMap.regionOf(run.end() - 1));
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

  private static SpaceMap map(int blocks) {
    SpaceMap map = new SpaceMap();
    for (int at = 0; at < blocks; at += REGION) {
      map.load(RegionImage.empty(), Math.min(REGION, blocks - at));
    }
    return map;
  }
}
