package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.Principal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients write unstably, commit, and send again what a crash took, in a real volume on a simulated
 * disk. What was committed stays; the change attribute never goes back, and never stands for two
 * contents. Mutants that break one rule of it must be caught, or this would prove nothing.
 */
class UnstableWritesTest {
  private static final int SEEDS = Integer.getInteger("atoll.seeds", 100);
  private static final int FULL_SEEDS = Integer.getInteger("atoll.seeds", 10_000);
  private static final long FIRST_SEED = Long.getLong("atoll.seed", 1);

  @Test
  void clientsLoseNothingAndNoChangeAttributeComesTwice() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      UnstableSimulation.run(seed, new StoreParts());
    }
  }

  @Test
  @Tag("full")
  void clientsLoseNothingInTenThousandHistories() {
    long began = System.nanoTime();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + FULL_SEEDS; seed++) {
      UnstableSimulation.run(seed, new StoreParts());
    }
    double seconds = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
    System.out.printf(
        "unstable writes: %d seeds from %d without a violation, %.1f seeds/s%n",
        FULL_SEEDS, FIRST_SEED, FULL_SEEDS / seconds);
  }

  // --- single rules ---

  private static Stability write(TestFs fs, FileHandle file) {
    return fs.write(TestFs.ROOT, file, 0, new byte[5000], Stability.UNSTABLE).ok().stability();
  }

  private static long reservationKeys(TestFs fs) {
    return fs.volume.map().keySet().stream().filter(key -> key[0] == Keys.CHANGE_BOUND).count();
  }

  @Test
  void theWriteThatReservesIsDurableAndTheNextWaitsForNothingElse() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    assertEquals(Stability.FILE_SYNC, write(fs, file));
    long reservation = fs.required;
    assertEquals(fs.volume.appendedSequence(), reservation);
    assertEquals(Stability.UNSTABLE, write(fs, file));
    assertEquals(reservation, fs.required);
    fs.stat(file);
    assertEquals(reservation, fs.required, "attributes wait for an unstable write");
    fs.read(file, 0, 5000);
    assertEquals(reservation, fs.required, "content waits for an unstable write");
    fs.commit(file).ok();
    assertEquals(fs.volume.appendedSequence(), fs.required);
  }

  @Test
  void aDurableWriteAfterUnstableOnesSaysThatTheyAreDurable() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    write(fs, file);
    write(fs, file);
    fs.write(TestFs.ROOT, file, 0, new byte[10], Stability.DATA_SYNC).ok();
    assertEquals(fs.volume.appendedSequence(), fs.required);
  }

  @Test
  void aWriteThatTakesSetUidAwayIsDurable() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    write(fs, file);
    fs.set(TestFs.ROOT, file, TestFs.mode(04777)).ok();
    Principal other = new Principal(7, 7, new int[0]);
    assertEquals(
        Stability.FILE_SYNC,
        fs.write(other, file, 0, new byte[5000], Stability.UNSTABLE).ok().stability());
    assertEquals(
        Stability.UNSTABLE,
        fs.write(other, file, 0, new byte[5000], Stability.UNSTABLE).ok().stability());
  }

  @Test
  void theLeastRecentlyUsedReservationGivesWay() {
    TestFs fs = new TestFs(1);
    FileHandle first = fs.file(fs.root(), "first");
    FileHandle second = fs.file(fs.root(), "second");
    write(fs, first);
    write(fs, second);
    for (int i = 2; i < StoreLimits.MAX_RESERVED_INODES; i++) {
      write(fs, fs.file(fs.root(), "f" + i));
    }
    assertEquals(Stability.UNSTABLE, write(fs, first));
    write(fs, fs.file(fs.root(), "one more"));
    assertEquals(StoreLimits.MAX_RESERVED_INODES, fs.fs.store().unstable.reservations());
    assertEquals(StoreLimits.MAX_RESERVED_INODES, reservationKeys(fs));
    assertEquals(Stability.UNSTABLE, write(fs, first));
    assertEquals(Stability.FILE_SYNC, write(fs, second), "it had given way");
  }

  @Test
  void aReservationThatIsNotUsedIsGivenUp() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    write(fs, file);
    assertEquals(1, reservationKeys(fs));
    fs.loop.runUntilIdle();
    assertEquals(0, fs.fs.store().unstable.reservations());
    assertEquals(0, reservationKeys(fs));
    assertEquals(Stability.FILE_SYNC, write(fs, file));
  }

  @Test
  void aRemovedFileLeavesNoReservation() {
    TestFs fs = new TestFs(1);
    write(fs, fs.file(fs.root(), "f"));
    fs.remove(fs.root(), "f").ok();
    assertEquals(0, fs.fs.store().unstable.reservations());
    assertEquals(0, reservationKeys(fs));
  }

  @Test
  void anOrderlyEndMovesNoChangeAttribute() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    write(fs, file);
    write(fs, file);
    long change = fs.stat(file).change();
    fs.<Void>await(callback -> fs.fs.close(callback)).ok();
    fs.reopen();
    assertEquals(change, fs.stat(file).change());
  }

  @Test
  void aCrashMovesTheChangeAttributeBeyondAllThatWereReserved() {
    TestFs fs = new TestFs(1);
    FileHandle file = fs.file(fs.root(), "f");
    long before = fs.stat(file).change();
    write(fs, file);
    fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
    TestFs after = fs.crash(1);
    assertEquals(before + StoreLimits.RESERVED_CHANGES, after.stat(file).change());
    assertEquals(0, reservationKeys(after));
  }
}
