package io.atoll.io.sim;

import io.atoll.io.disk.Errno;
import io.atoll.io.volume.LogVolume;
import java.util.SplittableRandom;

/** One seed's history of a volume: several lives with work, each ended by a crash or a close. */
public final class VolumeSimulation {

  private static final int MAX_LIVES = 4;
  private static final int MAX_EVENTS = 700;
  private static final long MIB = 1024 * 1024;

  private VolumeSimulation() {}

  /** Lives through a seed; an AssertionError names it. */
  public static void run(long seed) {
    run(seed, LogVolume::open);
  }

  /** As {@link #run(long)} with an opener that may break a rule. */
  public static void run(long seed, VolumeWorld.Opener opener) {
    SplittableRandom random = new SplittableRandom(seed);
    VolumeWorld world =
        switch (random.nextInt(3)) {
          case 0 -> new VolumeWorld(random, VolumeWorld.tightOptions(), 4 * MIB, opener);
          case 1 ->
              new VolumeWorld(
                  random, VolumeWorld.punchingOptions(), (8 + random.nextInt(4)) * MIB, opener);
          default ->
              new VolumeWorld(
                  random, VolumeWorld.smallOptions(), (6 + random.nextInt(6)) * MIB, opener);
        };
    int life = 0;
    try {
      for (int lives = 2 + random.nextInt(MAX_LIVES - 1); life < lives; life++) {
        live(world, random);
      }
      world.openFully();
      world.crash();
    } catch (AssertionError | RuntimeException e) {
      world.kill();
      throw new AssertionError("seed " + seed + ", life " + life + ": " + e.getMessage(), e);
    }
  }

  private static void live(VolumeWorld world, SplittableRandom random) {
    if (random.nextInt(6) == 0) {
      world.open();
      for (int i = random.nextInt(120); i > 0 && world.opening(); i--) {
        world.loop().step();
      }
      end(world, random);
      return;
    }
    world.openFully();
    VolumeWorkload workload = new VolumeWorkload(world);
    if (random.nextInt(4) == 0) {
      workload.faulty();
      int oneIn = 5 + random.nextInt(300);
      SplittableRandom luck = random.split();
      world.disk().faults((operation, name, offset) -> luck.nextInt(oneIn) == 0 ? Errno.EIO : 0);
    }
    workload.start(2 + random.nextInt(5));
    // Space must have been free for a while to be given back.
    int events = random.nextInt(world.punches() ? 3 * MAX_EVENTS : MAX_EVENTS);
    for (int i = 0; i < events && world.loop().step(); i++) {}
    workload.stop();
    if (random.nextInt(4) == 0) {
      world.disk().faults(SimDisk.Faults.NONE);
      world.close();
      Invariant.require(
          world.buffers().outstanding() == 0,
          world.buffers().outstanding() + " buffers are not released");
    } else {
      end(world, random);
    }
  }

  private static void end(VolumeWorld world, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      world.kill();
    } else {
      world.crash();
    }
  }
}
