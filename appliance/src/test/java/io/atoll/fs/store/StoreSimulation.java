package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.io.cache.CacheLimits;
import io.atoll.io.sim.Fault;
import io.atoll.io.sim.FaultPlan;
import io.atoll.io.sim.QuietLog;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.VolumeOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The file system in a real volume on a simulated disk. In each life operations go on under a
 * directory of its own, among faults that the seed draws, until the power fails, the process is
 * killed, all is closed, or it is fenced and opened again in place; then what was told must be
 * there, nothing that never was, and what earlier lives left as they left it.
 */
final class StoreSimulation {
  private static final int LIVES = 3;
  private static final long MIB = 1 << 20;
  private static final int MAX_OPENING_EVENTS = 400;
  private static final int MAX_FAULTY_OPENINGS = 3;
  private static final int STALL_ONE_IN = 400;
  private static final int DECAY_ONE_IN = 100;
  private static final long MAX_STALL_NANOS = 10_000_000_000_000L;
  private static final long SCRUBBED_BYTES_PER_SECOND = 200 * MIB;
  private static final int CROWDED_ONE_IN = 3;
  private static final int MAX_TRIES_FOR_ROOM = 200;
  private static final long ROOM_NANOS = 20_000_000;
  private static final int OVERWRITES = 8;
  private static final int MAX_OVERWRITTEN_BLOCKS = 16;
  private static final int BLOCK = 4096;

  private final SplittableRandom random;
  private final FaultPlan plan;
  private final StoreParts parts;
  private final VolumeOptions options;
  private final StoreWorld world;
  private final StoreSettings settings;
  private final int unit;
  private final boolean scrubs;
  private final boolean limits;

  /** What each life left under its directory. */
  private final Map<FileHandle, List<String>> left = new LinkedHashMap<>();

  private final Map<FileHandle, Long> changes = new LinkedHashMap<>();

  private StoreSimulation(long seed, StoreParts parts) {
    random = new SplittableRandom(seed);
    this.parts = parts;
    plan = FaultPlan.draw(random.split());
    SplittableRandom ofWorld = random.split();
    options = options();
    world = new StoreWorld(ofWorld, options, (12 + random.nextInt(13)) * MIB);
    settings =
        random.nextInt(3) == 0
            ? new StoreSettings(1, 1, 1, 1, 4096, FileLimits.HIGHEST)
            : StoreSettings.DEFAULT;
    unit = random.nextInt(10) == 0 ? 300_000 : 12_000;
    if (unit < CacheLimits.GRANULE_BYTES && random.nextBoolean()) {
      world.memory = TestFs.TINY_MEMORY;
    }
    scrubs = random.nextInt(4) == 0;
    limits = random.nextInt(3) == 0;
  }

  private VolumeOptions options() {
    VolumeOptions drawn =
        switch (random.nextInt(4)) {
          case 0 -> VolumeWorld.tightOptions();
          case 1 -> VolumeWorld.punchingOptions();
          default -> VolumeWorld.smallOptions();
        };
    return VolumeWorld.inSmallRegions(drawn, random);
  }

  /** Lives through a seed; an AssertionError names it, and the faults in play. */
  static void run(long seed) {
    run(seed, new StoreParts());
  }

  /** As {@link #run(long)} with parts that may break a rule. */
  static void run(long seed, StoreParts parts) {
    StoreSimulation simulation = new StoreSimulation(seed, parts);
    int life = 0;
    try (QuietLog _ = new QuietLog()) {
      for (; life < LIVES; life++) {
        simulation.live(life);
      }
      simulation.check(simulation.open());
      simulation.world.close();
    } catch (RuntimeException | AssertionError e) {
      simulation.world.kill();
      throw new AssertionError(
          "seed " + seed + ", life " + life + ", " + simulation.plan + ": " + e.getMessage(), e);
    }
  }

  private void live(int life) {
    openThroughFaults();
    TestFs fs = world.fs();
    check(fs);
    FileHandle root = fs.mkdir(TestFs.ROOT, fs.root(), "life" + life, 0777);
    FileHandle filler = null;
    if (random.nextInt(CROWDED_ONE_IN) == 0) {
      filler = fs.file(fs.root(), "filler" + life);
      fillUp(fs, filler);
    }
    fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
    History history = new History(fs, root, random.nextLong(), unit, true);
    if (limits) {
      history.withQuotas();
    }
    if (scrubs) {
      world.scrub(SCRUBBED_BYTES_PER_SECOND);
    }
    if (random.nextInt(4) > 0) {
      world.begin(plan.storm());
      world.disturbance(this::disturb);
    }
    history.run(10 + random.nextInt(60), 1 + random.nextInt(10));
    world.calm();
    history.giveBack();
    assertEquals(0, fs.fs.store().defects().met(), "exceptions");
    assertTrue(history.ioErrors == 0 || mayFail(), "I/O errors on a sound disk");
    assertTrue(
        world.scrubbedDamage() == 0 || hasSpoilers(), "the scrubber finds damage on a sound disk");
    end(history);
    world.disk.heal();
    left.put(root, recovered(open(), root, history));
    changes.putAll(history.changesSeen);
    if (filler != null) {
      empty("filler" + life);
    }
    cut();
  }

  private boolean mayFail() {
    return hasSpoilers()
        || plan.has(Fault.FAILING_WRITES)
        || plan.has(Fault.FAILING_SYNCS)
        || plan.has(Fault.FORGETTING_SYNCS)
        || plan.has(Fault.FAILING_SPACE)
        || plan.has(Fault.FAILING_NAMES)
        || plan.has(Fault.FAILING_INDEX)
        || plan.has(Fault.FULL_DISK);
  }

  private boolean hasSpoilers() {
    return plan.has(Fault.FAILING_READS)
        || plan.has(Fault.DECAY)
        || plan.has(Fault.LOST_WRITES)
        || plan.has(Fault.FLIPPED_READS)
        || plan.has(Fault.FLIPPED_WRITES);
  }

  // --- opening ---

  private TestFs open() {
    return world.open(settings, parts);
  }

  /** Opens; that may be cut off or fail as long as faults strike, and must succeed in the end. */
  private void openThroughFaults() {
    while (plan.has(Fault.CUT_OPENINGS) ? random.nextBoolean() : random.nextInt(6) == 0) {
      boolean[] ended = world.beginToOpen(settings, parts);
      for (int i = random.nextInt(MAX_OPENING_EVENTS); i > 0 && !ended[0]; i--) {
        world.step();
      }
      cut();
    }
    if (plan.has(Fault.FAULTY_OPENINGS)) {
      for (int i = random.nextInt(MAX_FAULTY_OPENINGS); i > 0; i--) {
        world.begin(plan.openingStorm());
        boolean open = world.tryToOpen(settings, parts);
        world.calm();
        if (open && !world.fenced()) {
          return;
        }
        if (open) {
          world.close();
        } else if (random.nextBoolean()) {
          cut();
        }
      }
    }
    open();
  }

  // --- work ---

  private void disturb() {
    if (plan.strikes(Fault.STALLS, STALL_ONE_IN)) {
      world.loop().stall(random.nextLong(MAX_STALL_NANOS));
    }
    if (plan.strikes(Fault.CLOCK_JUMPS, STALL_ONE_IN)) {
      world.loop().jumpWallClock(random.nextLong(-MAX_STALL_NANOS, MAX_STALL_NANOS));
    }
    if (plan.strikes(Fault.DECAY, DECAY_ONE_IN)) {
      long bytes = world.disk.lengthBytes(VolumeWorld.EXTENTS);
      world.disk.flipBit(VolumeWorld.EXTENTS, random.nextLong(bytes), random.nextInt(8));
    }
  }

  /** Takes nearly all the space there is, so that it ends in the midst of any operation. */
  private void fillUp(TestFs fs, FileHandle filler) {
    long at = 0;
    for (int blocks = 64; blocks > 0; ) {
      FsStatus status = fs.write(filler, at, new byte[blocks * BLOCK]).status();
      if (status == FsStatus.OK) {
        at += (long) blocks * BLOCK;
      } else if (status == FsStatus.DELAY) {
        world.pass(ROOM_NANOS);
      } else {
        assertEquals(FsStatus.NO_SPACE, status);
        blocks /= 2;
      }
    }
    if (options.reserveBytes() > 0) {
      overwrite(fs, filler, at);
    }
    fs.truncate(filler, Math.max(0, at - random.nextInt(40) * (long) BLOCK));
  }

  /** What is full can be written to in place. */
  private void overwrite(TestFs fs, FileHandle filler, long bytes) {
    for (int i = 0; i < OVERWRITES; i++) {
      int blocks = 1 + random.nextInt((int) Math.min(MAX_OVERWRITTEN_BLOCKS, bytes / BLOCK));
      long at = random.nextLong(bytes / BLOCK - blocks + 1) * BLOCK;
      whenRoom(() -> fs.write(filler, at, new byte[blocks * BLOCK])).ok();
    }
  }

  /** What is full can be emptied, and then written to again. */
  private void empty(String name) {
    TestFs fs = world.fs();
    fs.fs.graceEnded();
    fs.remove(fs.root(), name).ok();
    CreateRequest request =
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, TestFs.mode(0600));
    FileHandle file =
        whenRoom(() -> fs.create(TestFs.ROOT, fs.root(), name + " again", request))
            .ok()
            .attributes()
            .handle();
    whenRoom(() -> fs.write(file, 0, new byte[(int) MIB])).ok();
  }

  /** Again for as long as what was removed is still being freed. */
  private <T> TestFs.Answer<T> whenRoom(Supplier<TestFs.Answer<T>> operation) {
    TestFs.Answer<T> answer = operation.get();
    for (int i = 0; i < MAX_TRIES_FOR_ROOM && answer.status() == FsStatus.DELAY; i++) {
      world.pass(ROOM_NANOS);
      answer = operation.get();
    }
    return answer;
  }

  // --- the end ---

  private void end(History history) {
    boolean fenced = world.fenced();
    if (random.nextInt(fenced ? 2 : 4) == 0) {
      history.finish();
      if (world.close()) {
        history.durableStep = history.model.step;
      }
    } else {
      cut();
    }
  }

  private void cut() {
    if (random.nextInt(3) == 0) {
      world.kill();
    } else {
      world.crash();
    }
  }

  /** What a life left: a state that was, and not older than what was told. */
  private static List<String> recovered(TestFs fs, FileHandle root, History history) {
    List<String> dump = History.dump(fs, root);
    List<List<String>> allowed = history.dumps.subList(history.durableStep, history.dumps.size());
    assertTrue(
        allowed.contains(dump),
        "told until "
            + history.durableStep
            + " of "
            + (history.dumps.size() - 1)
            + ", found "
            + history.dumps.lastIndexOf(dump));
    return dump;
  }

  private void check(TestFs fs) {
    left.forEach((root, dump) -> assertEquals(dump, History.dump(fs, root)));
    changes.forEach((file, change) -> {
      var found = fs.attributes(file);
      assertTrue(
          found.status() == FsStatus.STALE || found.ok().change() >= change, "change went back");
    });
    fs.fs.graceEnded();
    fs.driver.runUntil(() -> fs.fs.store().orphans.isIdle());
    assertEquals(List.of(), world.faults());
  }
}
