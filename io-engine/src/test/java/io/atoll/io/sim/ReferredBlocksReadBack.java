package io.atoll.io.sim;

import java.util.Map;

/** Every block that a surviving record refers to holds what was written to it. */
public final class ReferredBlocksReadBack implements Invariant {
  @Override
  public void afterRecovery(VolumeWorld world) {
    for (Map.Entry<Long, Integer> block : world.model().blockCrcs().entrySet()) {
      byte[] page = world.disk().visiblePage(VolumeWorld.EXTENTS, block.getKey());
      Invariant.require(
          VolumeWorld.crc(page) == block.getValue() || world.mayBeDamaged(block.getKey()),
          () -> "block " + block.getKey() + " lost what was written to it");
    }
  }
}
