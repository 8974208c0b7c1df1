package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.MapMemory;
import io.atoll.io.space.RegionSize;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.VolumeOpenException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The heap has room for the map of so many regions: a volume ends there as on a full disk. */
class MapMemoryBoundTest {

  private static final int REGIONS = 8;
  private static final long MIB = 1 << 20;
  private static final RegionSize MEBIBYTE = new RegionSize(1);

  private final MapMemory memory = memoryFor(REGIONS);
  private final VolumeWorld world =
      new VolumeWorld(
              new SplittableRandom(12), VolumeWorld.smallOptions().inRegionsOf(MEBIBYTE), 64 * MIB)
          .withoutModel();

  private static MapMemory memoryFor(int regions) {
    return MapMemory.forRegions(regions);
  }

  @AfterEach
  void end() {
    world.kill();
  }

  @Test
  void aVolumeStopsGrowingWhereTheHeapEndsAndIsFull() {
    world.mapMemory(memory);
    world.openFully();
    Volume volume = world.volume();
    List<BlockRun> all = fill(volume);
    long took = all.stream().mapToLong(BlockRun::blocks).sum() * Volume.BLOCK_BYTES;
    assertTrue(took <= REGIONS * MIB, "it took " + took);
    assertTrue(took > (REGIONS - 1) * MIB, "it took " + took + ", though there was room");
    assertEquals(0, volume.space().availableBytes());
    List<BlockRun> ofTheReserve = volume.allocate(1, AllocationClass.RESERVED);
    assertFalse(ofTheReserve.isEmpty());
    volume.abandon(ofTheReserve);
    volume.abandon(all);
    assertEquals(took, volume.space().availableBytes(), "what was given back can be used");
    assertFalse(volume.fenced());
  }

  @Test
  void aVolumeThatHasGrownTooLargeForTheHeapIsRefusedWithTheHeapThatWouldDo() {
    world.mapMemory(memory);
    world.openFully();
    fill(world.volume());
    world.close();
    assertEquals(REGIONS, memory.share().reachableRegions(), "its part came back");

    world.mapMemory(memoryFor(REGIONS - 1));
    VolumeOpenException refused = world.openRefused();
    assertEquals(Reason.ENVIRONMENT, refused.reason());
    assertTrue(refused.getMessage().startsWith("extents/0000: it has "), refused.getMessage());
    assertTrue(refused.getMessage().contains("ATOLL_JAVA_OPTS=-Xmx"), refused.getMessage());
    world.closeDisk();

    world.mapMemory(memory);
    world.openFully();
  }

  /** Takes all that is to be had. */
  private List<BlockRun> fill(Volume volume) {
    List<BlockRun> all = new ArrayList<>();
    boolean more = true;
    while (more) {
      List<BlockRun> runs = volume.allocate(64, AllocationClass.DATA);
      all.addAll(runs);
      more = world.loop().step() || !runs.isEmpty() || volume.spaceComing();
    }
    for (List<BlockRun> one = List.of(new BlockRun(0, 1)); !one.isEmpty(); ) {
      one = volume.allocate(1, AllocationClass.DATA);
      all.addAll(one);
    }
    return all;
  }
}
