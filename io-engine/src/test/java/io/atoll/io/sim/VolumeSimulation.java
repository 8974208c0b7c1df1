package io.atoll.io.sim;

import io.atoll.io.sim.VolumeWorkload.Habit;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.VolumeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One seed's history of a volume: several lives with work, each ended by a power cut, a kill, a
 * close, or by being fenced and opened again in place, among faults that the seed draws.
 */
public final class VolumeSimulation {

  private static final List<Habit> HABITS = List.of(Habit.values());
  private static final int WORLDS = 3;
  private static final int PUNCHING = 1;
  private static final int MAX_LIVES = 4;
  private static final int MAX_EVENTS = 700;
  private static final int MAX_OPENING_EVENTS = 300;
  private static final int MAX_FAULTY_OPENINGS = 3;

  /** For so long space is filled, and for so long emptied, in turns. */
  private static final int TIDE_EVENTS = 400;

  /** At least so many turns. */
  private static final int TIDES = 6;

  /** So soon after space was given back the index may not know of it durably. */
  private static final int EVENTS_AFTER_PUNCH = 12;

  private static final int MAX_EVENTS_TO_GROUP = 100;
  private static final int STALL_ONE_IN = 200;
  private static final long MAX_STALL_NANOS = 10_000_000_000_000L;
  private static final int BLOCK = 4096;
  private static final long MIB = 1024 * 1024;

  private final SplittableRandom random;
  private final FaultPlan plan;
  private final VolumeWorld world;
  private final boolean tides;
  private final boolean kills;
  private boolean punchedAtEnd;

  /** What a history is about, beside all else. */
  private enum Subject {
    ALL,
    PUNCHING,
    TIDES,
    KILLS
  }

  private VolumeSimulation(SplittableRandom random, Subject subject, VolumeWorld.Opener opener) {
    this.random = random;
    tides = subject == Subject.TIDES;
    kills = subject == Subject.KILLS;
    plan = FaultPlan.draw(random.split());
    boolean punches = subject == Subject.PUNCHING || tides;
    int kind = punches ? PUNCHING : random.nextInt(WORLDS);
    VolumeOptions options =
        switch (kind) {
          case 0 -> VolumeWorld.tightOptions();
          case PUNCHING -> VolumeWorld.punchingOptions(random.nextInt(2) * MIB);
          default -> VolumeWorld.smallOptions();
        };
    long diskBytes = (kind == 0 ? 4 : 6 + random.nextInt(6)) * MIB;
    world = new VolumeWorld(random, VolumeWorld.inSmallRegions(options, random), diskBytes, opener);
  }

  /** Lives through a seed; an AssertionError names it, and the faults in play. */
  public static void run(long seed) {
    run(seed, LogVolume::open);
  }

  /** As {@link #run(long)} with an opener that may break a rule. */
  public static void run(long seed, VolumeWorld.Opener opener) {
    run(seed, Subject.ALL, opener);
  }

  /** As {@link #run(long, VolumeWorld.Opener)}, always with space that is given back. */
  public static void runPunching(long seed, VolumeWorld.Opener opener) {
    run(seed, Subject.PUNCHING, opener);
  }

  /** As the other, with space that is filled, emptied, given back and filled again in each life. */
  public static void runTides(long seed, VolumeWorld.Opener opener) {
    run(seed, Subject.TIDES, opener);
  }

  /**
   * As {@link #run(long, VolumeWorld.Opener)}, each life ended by a kill with a group under way.
   */
  public static void runKills(long seed, VolumeWorld.Opener opener) {
    run(seed, Subject.KILLS, opener);
  }

  private static void run(long seed, Subject subject, VolumeWorld.Opener opener) {
    VolumeSimulation simulation = new VolumeSimulation(new SplittableRandom(seed), subject, opener);
    int life = 0;
    try (QuietLog _ = new QuietLog()) {
      for (int lives = simulation.lives(); life < lives; life++) {
        simulation.live(life);
      }
      simulation.world.openFully();
      simulation.world.crash();
    } catch (AssertionError | RuntimeException e) {
      simulation.world.kill();
      throw new AssertionError(
          "seed " + seed + ", life " + life + ", " + simulation.plan + ": " + e.getMessage(), e);
    }
  }

  private int lives() {
    return world.punches() ? MAX_LIVES : 2 + random.nextInt(MAX_LIVES - 1);
  }

  private void live(int life) {
    if (plan.has(Fault.CUT_OPENINGS) ? random.nextBoolean() : random.nextInt(6) == 0) {
      cutOpening();
      return;
    }
    openThroughFaults();
    work(habit(life));
    end();
    if (plan.strikes(Fault.DECAY, 2)) {
      decay();
    }
  }

  // --- opening ---

  /** Begins to open, and ends before it is open or soon after. */
  private void cutOpening() {
    if (plan.strikes(Fault.FAULTY_OPENINGS, 2)) {
      world.begin(plan.openingStorm());
    }
    world.open();
    for (int i = random.nextInt(MAX_OPENING_EVENTS); i > 0 && world.opening(); i--) {
      world.loop().step();
    }
    cut();
  }

  /** Opens: while faults strike it may fail, and be tried again; in the end it must succeed. */
  private void openThroughFaults() {
    boolean open = false;
    for (int i = random.nextInt(MAX_FAULTY_OPENINGS);
        !open && i > 0 && plan.has(Fault.FAULTY_OPENINGS);
        i--) {
      world.begin(plan.openingStorm());
      open = world.tryToOpen();
      world.calm();
      if (!open && random.nextBoolean()) {
        world.closeDisk();
      } else if (!open) {
        cut();
      }
    }
    if (!open) {
      world.openFully();
    }
  }

  // --- work ---

  /** Where space is given back, it is filled, emptied and filled again. */
  private Habit habit(int life) {
    if (world.punches() && random.nextInt(4) > 0) {
      return life % 2 == 0 ? Habit.WRITING : Habit.REMOVING;
    }
    return HABITS.get(random.nextInt(HABITS.size()));
  }

  private void work(Habit habit) {
    VolumeWorkload workload = new VolumeWorkload(world, habit).onTwoLoops();
    if (random.nextBoolean()) {
      Storm storm = plan.storm();
      world.begin(storm);
      // What a failing sync forgets is gone before the volume is told of the failure.
      if (storm.has(Fault.FAILING_READS, Fault.FLIPPED_READS, Fault.FORGETTING_SYNCS)) {
        workload.readsMayFail();
      }
    }
    workload.start(2 + random.nextInt(5));
    // Space must have been free for a while to be given back.
    int left = random.nextInt(world.punches() ? 3 * MAX_EVENTS : MAX_EVENTS);
    left += tides ? TIDES * TIDE_EVENTS : 0;
    boolean endsAfterPunch = !tides && random.nextInt(4) > 0;
    long punches = world.disk().punches();
    punchedAtEnd = false;
    while (left-- > 0 && world.loop().step()) {
      disturb();
      if (tides && left % TIDE_EVENTS == 0) {
        workload.turn(left / TIDE_EVENTS % 2 == 0 ? Habit.WRITING : Habit.REMOVING);
      }
      if (endsAfterPunch && world.disk().punches() > punches) {
        endsAfterPunch = false;
        punchedAtEnd = true;
        left = Math.min(left, random.nextInt(EVENTS_AFTER_PUNCH));
      }
    }
    if (kills || random.nextInt(3) == 0) {
      runIntoGroup();
    }
    workload.stop();
  }

  /** Goes on until a group is on its way to the log, which a power cut would tear. */
  private void runIntoGroup() {
    for (int i = 0;
        i < MAX_EVENTS_TO_GROUP && !world.disk().isWriting("log/") && world.loop().step();
        i++) {}
  }

  private void disturb() {
    if (plan.strikes(Fault.STALLS, STALL_ONE_IN)) {
      world.loop().stall(random.nextLong(MAX_STALL_NANOS));
    }
    if (plan.strikes(Fault.CLOCK_JUMPS, STALL_ONE_IN)) {
      world.loop().jumpWallClock(random.nextLong(-MAX_STALL_NANOS, MAX_STALL_NANOS));
    }
  }

  // --- the end ---

  private void end() {
    boolean closes =
        !kills && !punchedAtEnd && random.nextInt(world.volume().fenced() ? 2 : 4) == 0;
    if (closes) {
      if (random.nextInt(4) > 0) {
        world.calm();
      }
      world.close();
      world.calm();
      Invariant.require(
          world.buffers().outstanding() == 0,
          world.buffers().outstanding() + " buffers are not released");
    } else {
      cut();
    }
    if (random.nextBoolean()) {
      world.disk().heal();
    }
  }

  private void cut() {
    world.calm();
    if (kills || random.nextInt(3) == 0) {
      world.kill();
    } else {
      world.crash();
    }
  }

  // --- decay ---

  /**
   * A bit turns while nobody uses the disk. The volume opens and gives out nothing that is wrong,
   * or refuses to; and all is well when the bit has turned back.
   */
  private void decay() {
    switch (random.nextInt(3)) {
      case 0 -> decay("superblock", random.nextInt(2));
      case 1 -> {
        String segment = "log/000" + random.nextInt(4);
        if (world.disk().exists(segment)) {
          decay(segment, random.nextLong(world.disk().lengthBytes(segment) / BLOCK));
        }
      }
      default -> {
        List<Long> blocks = new ArrayList<>(world.model().blockCrcs().keySet());
        if (!blocks.isEmpty()) {
          decay(VolumeWorld.EXTENTS, blocks.get(random.nextInt(blocks.size())));
        }
      }
    }
    if (!world.tryToOpen()) {
      Invariant.require(world.openFailure().getMessage() != null, "a refusal without a reason");
      cut();
      world.disk().heal();
      return;
    }
    for (long block : world.model().blockCrcs().keySet()) {
      if (world.isSpoilt(block)) {
        requireDamaged(block);
      }
    }
    cut();
    world.disk().heal();
  }

  private void decay(String name, long page) {
    if (world.disk().exists(name) && page < world.disk().lengthBytes(name) / BLOCK) {
      world.disk().flipBit(name, page * BLOCK + random.nextInt(BLOCK), random.nextInt(8));
    }
  }

  private void requireDamaged(long block) {
    int[] crc = {world.model().blockCrcs().get(block)};
    var into = world.buffers().take(BLOCK);
    String[] told = new String[1];
    world
        .volume()
        .readBlocks(new BlockRun(block, 1), crc, 0, into, 0, status -> told[0] = status.toString());
    world.loop().runUntil(() -> told[0] != null, MAX_EVENTS);
    into.release();
    Invariant.require(
        told[0].equals("DAMAGED"), "block " + block + " has decayed and reads back as " + told[0]);
  }
}
