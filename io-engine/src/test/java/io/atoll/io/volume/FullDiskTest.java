package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Errno;
import io.atoll.io.index.IndexException;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.VolumeWorkload;
import io.atoll.io.sim.VolumeWorld;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The disk is full from one step on, and every step of making, opening and using a volume is that
 * step once: the ones that allocate, write ahead, make log segments, write the log or flush the
 * index.
 */
class FullDiskTest {

  private static final int SEED = 7;
  private static final long DISK_BYTES = 9L << 20;
  private static final int EVENTS = 700;
  private static final int MAX_EVENTS = 100_000;
  private static final int FEW_STEPS = 10;

  /** So many steps the history has at least, or it would not show much. */
  private static final int MIN_STEPS = 150;

  @Test
  void aDiskThatStaysFullFromAnyStepOnLosesNothing() {
    int steps = 0;
    while (isReached(steps, Integer.MAX_VALUE)) {
      steps++;
    }
    assertTrue(steps > MIN_STEPS, steps + " steps");
  }

  @Test
  void aDiskThatIsFullForAFewStepsLosesNothing() {
    int steps = 0;
    while (isReached(steps, FEW_STEPS)) {
      steps++;
    }
    assertTrue(steps > MIN_STEPS, steps + " steps");
  }

  /** Lives through it; false if the history ends before that step. */
  private static boolean isReached(int fullFrom, int steps) {
    VolumeWorld world =
        new VolumeWorld(new SplittableRandom(SEED), VolumeWorld.punchingOptions(), DISK_BYTES);
    world.kill(); // an earlier test may have ended with its buffers taken
    Full full = new Full(fullFrom, (long) fullFrom + steps);
    try {
      world.disk().faults(full);
      world.index().faults(full);
      if (world.tryToOpen()) {
        VolumeWorkload workload = new VolumeWorkload(world);
        workload.start(4);
        run(world);
        workload.stop();
      }
      world.calm();
      if (world.volume() != null && fullFrom % 2 == 0) {
        world.close();
        assertEquals(0, world.buffers().outstanding());
      } else if (world.volume() == null) {
        world.closeDisk();
      } else {
        world.crash();
      }
      world.openFully();
      assertWorks(world);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("full from step " + fullFrom + ": " + e.getMessage(), e);
    } finally {
      world.kill();
    }
    return full.struck();
  }

  private static void assertWorks(VolumeWorld world) {
    VolumeWorkload workload = new VolumeWorkload(world);
    workload.start(4);
    run(world);
    workload.stop();
    assertFalse(world.volume().fenced());
    VolumeStatus[] told = new VolumeStatus[1];
    world.volume().awaitCommit(world.volume().appendedSequence(), status -> told[0] = status);
    world.loop().runUntil(() -> told[0] != null, MAX_EVENTS);
    assertEquals(VolumeStatus.OK, told[0]);
    world.close();
    assertEquals(0, world.buffers().outstanding());
    world.openFully();
  }

  private static void run(VolumeWorld world) {
    for (int i = 0; i < EVENTS && world.loop().step(); i++) {}
  }

  /** A disk without space in a range of its steps. */
  private static final class Full implements SimDisk.Faults, SimIndex.Faults {
    private final long from;
    private final long to;
    private long step;

    Full(long from, long to) {
      this.from = from;
      this.to = to;
    }

    boolean struck() {
      return step > from;
    }

    private boolean isFull() {
      long now = step++;
      return now >= from && now < to;
    }

    @Override
    public int fault(SimDisk.Operation operation, String name, long offsetBytes) {
      return operation.mayNeedSpace() && isFull() ? Errno.ENOSPC : 0;
    }

    @Override
    public void meet(SimIndex.Call call) {
      if (call == SimIndex.Call.FLUSH && isFull()) {
        throw new IndexException("no space for the index", null);
      }
    }
  }
}
