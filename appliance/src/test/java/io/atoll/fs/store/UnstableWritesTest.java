package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Clients write unstably, commit, and send again what a crash took, in a real volume on a simulated
 * disk. What was committed stays; the change attribute never goes back, and never stands for two
 * contents. Mutants that break one rule of it must be caught, or this would prove nothing.
 */
class UnstableWritesTest {
  private static final int SEEDS = Integer.getInteger("atoll.seeds", 100);
  private static final long FIRST_SEED = Long.getLong("atoll.seed", 1);
  private static final int MAX_MUTANT_SEEDS = 40;
  private static final int LIVES = 4;
  private static final int CLIENTS = 3;
  private static final long DISK_BYTES = 24L << 20;

  @Test
  void clientsLoseNothingAndNoChangeAttributeComesTwice() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      try {
        live(seed, new StoreParts());
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Datoll.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void aForgottenReservationIsCaught() {
    assertCaught(store ->
        new UnstableWrites(store) {
          @Override
          boolean admits(Inode inode, Change change) {
            return true;
          }
        });
  }

  @Test
  void anAnswerBeforeTheReservationIsDurableIsCaught() {
    assertCaught(store ->
        new UnstableWrites(store) {
          @Override
          boolean admits(Inode inode, Change change) {
            super.admits(inode, change);
            return true;
          }
        });
  }

  @Test
  void aReservationThatIsOutgrownIsCaught() {
    assertCaught(store ->
        new UnstableWrites(store) {
          @Override
          boolean admits(Inode inode, Change change) {
            if (inode.changeBound != 0) {
              return true;
            }
            // As far ahead as if the record reserved a single change.
            boolean admitted = super.admits(inode, change);
            byte[] one = new byte[VALUE_BYTES];
            one[0] = VERSION;
            BigEndian.putLong(one, 8, inode.change + 1);
            change.put(Keys.changeBound(inode.number), one);
            return admitted;
          }
        });
  }

  @Test
  void aRecoveryThatMovesNoChangeAttributeIsCaught() {
    assertCaught(store ->
        new UnstableWrites(store) {
          @Override
          void recover(Consumer<FsStatus> then) {
            then.accept(FsStatus.OK);
          }
        });
  }

  @Test
  void aCommitThatDoesNotWaitIsCaught() {
    assertCaught(store ->
        new UnstableWrites(store) {
          @Override
          void commit(FsCall call, Inode inode) {}
        });
  }

  private interface Mutant {
    UnstableWrites of(Store store);
  }

  private static void assertCaught(Mutant mutant) {
    StoreParts parts =
        new StoreParts() {
          @Override
          UnstableWrites unstableWrites(Store store) {
            return mutant.of(store);
          }
        };
    for (long seed = 1; seed <= MAX_MUTANT_SEEDS; seed++) {
      try {
        live(seed, parts);
      } catch (AssertionError e) {
        System.out.println("caught with seed " + seed + ": " + e.getMessage());
        return;
      }
    }
    fail("not caught in " + MAX_MUTANT_SEEDS + " seeds");
  }

  private static void live(long seed, StoreParts parts) {
    SplittableRandom random = new SplittableRandom(seed);
    StoreWorld world = new StoreWorld(random.split(), DISK_BYTES);
    StoreSettings settings = seed % 3 == 0 ? new StoreSettings(1, 1, 1, 1) : StoreSettings.DEFAULT;
    TestFs fs = world.open(settings, parts);
    List<UnstableClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new UnstableClient(fs.file(fs.root(), "f" + i), random.split()));
    }
    fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
    clients.forEach(client -> client.reconnect(fs));
    for (int life = 0; life < LIVES; life++) {
      work(world, clients, random);
      end(world, clients, random);
      TestFs next = world.open(settings, parts);
      clients.forEach(client -> client.reconnect(next));
      next.fs.graceEnded();
      assertEquals(List.of(), world.faults());
    }
    world.close();
    TestFs last = world.open(settings, parts);
    assertEquals(0, last.fs.store().unstable.reservations());
    world.close();
  }

  private static void work(
      StoreWorld world, List<UnstableClient> clients, SplittableRandom random) {
    for (int i = 10 + random.nextInt(60); i > 0; i--) {
      UnstableClient client = clients.get(random.nextInt(clients.size()));
      if (!client.isBusy()) {
        client.next();
      }
      for (int steps = random.nextInt(8); steps > 0; steps--) {
        world.step();
      }
      if (random.nextInt(200) == 0) {
        world.pass(2 * StoreLimits.RESERVATION_IDLE_NANOS);
      }
    }
  }

  private static void end(StoreWorld world, List<UnstableClient> clients, SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> world.kill();
      case 1 -> {
        world.runUntil(() -> clients.stream().noneMatch(UnstableClient::isBusy));
        world.close();
      }
      default -> world.crash();
    }
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
