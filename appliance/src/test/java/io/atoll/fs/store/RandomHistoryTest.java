package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.fs.QuotaLimits;
import io.atoll.io.cache.CacheLimits;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Histories of operations in flight together, against a naive model; the seed names a failure. */
class RandomHistoryTest {
  private static final int HISTORIES = Integer.getInteger("atoll.histories", 1500);
  private static final int FULL_HISTORIES = 3;
  private static final long FIRST_SEED = Long.getLong("atoll.seed", 1);

  private interface Scenario {
    void run(long seed);
  }

  private static void forSeeds(int count, Scenario scenario) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
      try {
        scenario.run(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Datoll.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static int unit(long seed) {
    return seed % 10 == 0 ? 600_000 : 12_000;
  }

  @Test
  void concurrentOperationsAgreeWithOneOrder() {
    forSeeds(HISTORIES, seed -> agree(seed, new StoreParts()));
  }

  /** A history that agrees with its model, as does what the disk has of it in the end. */
  static void agree(long seed, StoreParts parts) {
    TestFs fs = new TestFs(seed, 4096, parts);
    History history = new History(fs, seed, unit(seed), false);
    history.run(60, 1 + (int) (seed % 12));
    history.finish();
    assertEquals(0, history.unreadableEntries);
    fs.check();
    assertEquals(history.model.dump(), History.dump(fs));
    fs.shrinkCaches();
    assertEquals(history.model.dump(), History.dump(fs));
  }

  @Test
  void quotasAreExactAndNeverExceeded() {
    forSeeds(HISTORIES, seed -> underQuotas(seed, new StoreParts()));
  }

  /** As {@link #agree}, while quotas come and go. */
  static void underQuotas(long seed, StoreParts parts) {
    TestFs fs = new TestFs(seed, 4096, parts);
    History history = new History(fs, seed, unit(seed), false).withQuotas();
    history.run(120, 1 + (int) (seed % 8));
    history.finish();
    fs.check();
    assertEquals(history.model.dump(), History.dump(fs));
    fs.shrinkCaches();
    fs.check();
  }

  @Test
  void quotasSurviveACrashExactly() {
    forSeeds(HISTORIES, seed -> crashUnderQuotas(seed, volume -> {}));
  }

  /** A history under quotas that ends in a crash. */
  static void crashUnderQuotas(long seed, Consumer<MemoryVolume> breaking) {
    TestFs fs = new TestFs(seed, 4096);
    breaking.accept(fs.volume);
    History history = new History(fs, seed, unit(seed), false).withQuotas();
    history.run(10 + new SplittableRandom(seed).nextInt(90), 1 + (int) (seed % 8));
    history.giveBack();
    TestFs after = fs.crash(seed);
    after.fs.graceEnded();
    after.check();
    after.quota(after.root(), QuotaLimits.UNLIMITED).ok();
    after.file(after.root(), "afterwards");
    after.check();
  }

  @Test
  void tinyCachesChangeNothing() {
    forSeeds(HISTORIES / 3, seed -> tiny(seed, new StoreParts()));
  }

  /** As {@link #agree}, with caches for next to nothing. */
  static void tiny(long seed, StoreParts parts) {
    TestFs fs = new TestFs(seed, 4096, parts);
    if (unit(seed) < CacheLimits.GRANULE_BYTES) {
      fs.memory = TestFs.TINY_MEMORY;
    }
    fs.shrinkCaches();
    History history = new History(fs, seed, unit(seed), false);
    history.run(60, 6);
    history.finish();
    fs.check();
    assertEquals(history.model.dump(), History.dump(fs));
  }

  @Test
  void failedOperationsHaveNoEffect() {
    forSeeds(
        HISTORIES / 3,
        seed -> {
          TestFs fs = new TestFs(seed, seed % 2 == 0 ? 200 : 4096);
          fs.volume.failuresPerMille = 100;
          fs.volume.refusalsPerMille = 100;
          History history = new History(fs, seed, unit(seed), false);
          history.run(60, 6);
          history.finish();
          fs.volume.failuresPerMille = 0;
          fs.volume.refusalsPerMille = 0;
          fs.check();
          assertEquals(history.model.dump(), History.dump(fs));
        });
  }

  @Test
  void crashKeepsAPrefixWithAllThatWasTold() {
    forSeeds(HISTORIES, seed -> crash(seed, new TestFs(seed, 4096)));
  }

  private static void crash(long seed, TestFs fs) {
    History history = new History(fs, seed, unit(seed), true);
    history.run(10 + new SplittableRandom(seed).nextInt(50), 1 + (int) (seed % 12));
    history.giveBack();
    TestFs after = fs.crash(seed);
    var dump = History.dump(after);
    int step = history.dumps.lastIndexOf(dump);
    assertTrue(step >= 0, "a state that never was: " + dump);
    assertTrue(
        step >= history.durableStep
            || history.dumps.subList(history.durableStep, history.dumps.size()).contains(dump),
        "state " + step + " after a crash, but " + history.durableStep + " was told");
    for (Map.Entry<FileHandle, Long> seen : history.changesSeen.entrySet()) {
      var found = after.attributes(seen.getKey());
      assertTrue(
          found.status() == FsStatus.STALE || found.ok().change() >= seen.getValue(),
          "change went back");
    }
    after.fs.graceEnded();
    after.check();
    // What it recovered to works: another history goes on from there, and ends sound.
    after.file(after.root(), "afterwards");
    after.check();
  }

  /** So that there is no step of an operation at which the volume's space did not end. */
  @Test
  void spaceThatEndsAtAnyQuestionForItHasNoOtherEffect() {
    forSeeds(
        FULL_HISTORIES,
        seed -> {
          long questions = 0;
          for (long from = 0; from <= questions; from++) {
            questions = fullFrom(seed, from);
          }
        });
  }

  /** How often the volume was asked for space. */
  private static long fullFrom(long seed, long from) {
    TestFs fs = new TestFs(seed, 4096);
    fs.volume.spaceQuestions = 0;
    fs.volume.fullFrom = from;
    History history = new History(fs, seed, unit(seed), false);
    history.run(60, 6);
    history.finish();
    final long questions = fs.volume.spaceQuestions;
    fs.volume.fullFrom = Long.MAX_VALUE;
    fs.check();
    assertEquals(history.model.dump(), History.dump(fs));
    FileHandle file = fs.file(fs.root(), "afterwards");
    fs.write(file, 0, new byte[100_000]).ok();
    fs.remove(fs.root(), "afterwards").ok();
    fs.check();
    return questions;
  }
}
