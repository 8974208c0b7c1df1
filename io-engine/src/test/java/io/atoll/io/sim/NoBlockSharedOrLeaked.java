package io.atoll.io.sim;

import io.atoll.io.space.RegionImage;
import io.atoll.io.space.RegionSize;
import io.atoll.io.volume.Volume;
import java.util.Map;

/** The index has exactly those blocks in use that the surviving records refer to. */
public final class NoBlockSharedOrLeaked implements Invariant {
  private static final byte REGION_PREFIX = 0x02;

  @Override
  public void afterRecovery(VolumeWorld world) {
    Map<Long, Integer> blocks = world.model().blockCrcs();
    RegionSize size = world.regionSize();
    int inUse = 0;
    for (Map.Entry<byte[], byte[]> region : world.index().entries().entrySet()) {
      if (region.getKey()[0] == REGION_PREFIX) {
        inUse += RegionImage.inUseBlocks(region.getValue());
      }
    }
    Invariant.require(
        inUse == blocks.size(), inUse + " blocks are in use instead of " + blocks.size());
    for (long block : blocks.keySet()) {
      byte[] image = world.index().entries().get(regionKey(size.regionOf(block)));
      Invariant.require(
          image != null && RegionImage.inUse(image, size.blockInRegion(block)),
          () -> "block " + block + " is referred to and free");
    }
    Invariant.require(
        world.volume().space().usedBytes() == (long) blocks.size() * Volume.BLOCK_BYTES,
        "used bytes: " + world.volume().space());
  }

  private static byte[] regionKey(int number) {
    return new byte[] {
      REGION_PREFIX,
      (byte) (number >>> 24),
      (byte) (number >>> 16),
      (byte) (number >>> 8),
      (byte) number
    };
  }
}
