package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.Volume.AllocationClass;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Those who wait for room go on one after the other, however many they are. */
class RoomWaitersTest {

  private static final int WAITERS = 5000;
  private static final int MAX_EVENTS = 100_000;
  private static final byte[] KEY = {'k'};
  private static final byte[] LARGE_VALUE = new byte[200_000];

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(11), VolumeWorld.smallOptions(), 16 << 20)
          .withoutModel();
  private Volume volume;
  private int told;
  private int telling;
  private int deepest;

  @AfterEach
  void end() {
    world.kill();
  }

  /** There is nothing to write ahead, so that each allocation looks for it and finds none. */
  @Test
  void anAllocationOnANearlyFullVolumeLetsNobodyGoOnInsideOfIt() {
    world.openFully();
    volume = world.volume();
    fill();
    while (!volume.congested()) {
      volume.append(volume.newMutation().put(KEY, LARGE_VALUE));
    }
    for (int i = 0; i < WAITERS; i++) {
      volume.awaitRoom(this::allocate);
    }
    assertEquals(0, told);
    world.loop().runUntil(() -> told == WAITERS, MAX_EVENTS);
    assertEquals(1, deepest, "waiters were told inside of others");
  }

  private void allocate(VolumeStatus status) {
    assertEquals(VolumeStatus.OK, status);
    told++;
    telling++;
    deepest = Math.max(deepest, telling);
    List<BlockRun> runs = volume.allocate(1, AllocationClass.RESERVED);
    assertFalse(runs.isEmpty());
    volume.abandon(runs);
    telling--;
  }

  /** Takes all space but the reserve. */
  private void fill() {
    boolean more = true;
    while (more) {
      boolean got = !volume.allocate(64, AllocationClass.DATA).isEmpty();
      more = world.loop().step() || got || volume.spaceComing();
    }
    while (!volume.allocate(1, AllocationClass.DATA).isEmpty()) {}
    assertTrue(volume.allocate(1, AllocationClass.DATA).isEmpty());
  }
}
