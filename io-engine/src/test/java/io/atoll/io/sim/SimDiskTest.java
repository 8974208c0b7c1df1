package io.atoll.io.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.DiskContract;
import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.loop.Loop;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * The simulated disk keeps to the contract of the real ones, or simulations would prove nothing.
 */
class SimDiskTest extends DiskContract {

  private static final long CAPACITY_BYTES = 1L << 30;
  private static final int MAX_EVENTS = 1_000_000;

  private final SplittableRandom random = new SplittableRandom(1);
  private final SimLoop loop = new SimLoop(random.split());

  @Override
  protected Loop loop() {
    return loop;
  }

  @Override
  protected void openDisk(OpenedDisk opened) {
    SimDisk disk = new SimDisk(loop, random.split(), CAPACITY_BYTES);
    disk.defects(defect -> {});
    opened.opened(disk, 0);
  }

  @Override
  protected <T> T await(CompletableFuture<T> future) {
    loop.runUntil(future::isDone, MAX_EVENTS);
    assertTrue(future.isDone());
    return future.join();
  }
}
