package io.atoll.io.sim;

import io.atoll.io.space.RegionImage;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Space that the index says is written is so on the medium: what goes there needs no sync of its
 * own, since a flush covers it.
 */
public final class WrittenSpaceIsWritten implements Invariant {
  private static final byte REGION_PREFIX = 0x02;

  /** Where a region's bits of written units begin: docs/formats.md. */
  private static final int UNITS_AT = 8;

  @Override
  public void afterRecovery(VolumeWorld world) {
    for (Map.Entry<byte[], byte[]> region : world.index().entries().entrySet()) {
      byte[] key = region.getKey();
      if (key[0] == REGION_PREFIX) {
        long first = world.regionSize().firstBlock(ByteBuffer.wrap(key).getInt(1));
        check(world, first, region.getValue());
      }
    }
  }

  private static void check(VolumeWorld world, long firstBlock, byte[] image) {
    for (int unit = 0; unit < world.regionSize().units(); unit++) {
      if ((image[UNITS_AT + unit / Byte.SIZE] & 1 << unit % Byte.SIZE) != 0) {
        long from = firstBlock + (long) unit * RegionImage.BLOCKS_PER_UNIT;
        Invariant.require(
            world.disk().isWritten(VolumeWorld.EXTENTS, from, from + RegionImage.BLOCKS_PER_UNIT),
            () -> "the unit at block " + from + " counts as written and is not");
      }
    }
  }
}
