package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.io.cache.CacheLimits;
import io.atoll.io.disk.Errno;
import io.atoll.io.sim.SimDisk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The file system in a real volume on a simulated disk that loses what was not flushed. In each
 * life operations go on under a directory of its own until the power fails, the process is killed
 * or all is closed; then what was told must be there, nothing that never was, and what earlier
 * lives left as they left it.
 */
class StoreSimulationTest {
  private static final int SEEDS = Integer.getInteger("atoll.seeds", 150);
  private static final long FIRST_SEED = Long.getLong("atoll.seed", 1);
  private static final int LIVES = 3;
  private static final long DISK_BYTES = 24L << 20;

  @Test
  void toldOperationsSurviveAnyEnd() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      try {
        live(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Datoll.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void live(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StoreWorld world = new StoreWorld(random.split(), DISK_BYTES);
    StoreSettings settings = seed % 3 == 0 ? new StoreSettings(1, 1, 1, 1) : StoreSettings.DEFAULT;
    if (unit(seed) < CacheLimits.GRANULE_BYTES && seed % 2 == 0) {
      world.memory = TestFs.TINY_MEMORY;
    }
    Map<FileHandle, List<String>> left = new LinkedHashMap<>();
    Map<FileHandle, Long> changes = new LinkedHashMap<>();
    for (int life = 0; life < LIVES; life++) {
      TestFs fs = world.open(settings);
      check(world, fs, left, changes);
      FileHandle root = fs.mkdir(fs.root(), "life" + life);
      fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
      History history = new History(fs, root, random.nextLong(), unit(seed), true);
      if (random.nextInt(5) == 0) {
        int oneIn = 20 + random.nextInt(400);
        SplittableRandom luck = random.split();
        world.disk.faults((operation, name, offset) -> luck.nextInt(oneIn) == 0 ? Errno.EIO : 0);
      }
      history.run(10 + random.nextInt(60), 1 + random.nextInt(10));
      end(world, history, random);
      left.put(root, recovered(world.open(settings), root, history));
      changes.putAll(history.changesSeen);
      world.crash();
    }
    check(world, world.open(settings), left, changes);
    world.close();
  }

  private static int unit(long seed) {
    return seed % 10 == 0 ? 300_000 : 12_000;
  }

  private static void end(StoreWorld world, History history, SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> world.kill();
      case 1 -> {
        world.disk.faults(SimDisk.Faults.NONE);
        if (!world.fenced()) {
          history.finish();
          world.close();
          history.durableStep = history.model.step;
        } else {
          world.crash();
        }
      }
      default -> world.crash();
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

  private static void check(
      StoreWorld world,
      TestFs fs,
      Map<FileHandle, List<String>> left,
      Map<FileHandle, Long> changes) {
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
