package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.READ;
import static io.atoll.nfs4.state.StateFixture.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.Test;

/** LOCK, LOCKT and LOCKU (RFC 8881 §9.1 to §9.6, §18.10 to §18.12). */
class LocksTest {
  private static final Object FILE = "file";

  private final StateFixture server = new StateFixture();
  private final ClientRecord alice = server.client("alice");
  private final ClientRecord bob = server.client("bob");
  private final Stateid aliceOpen = server.opened(alice, "file");
  private final Stateid bobOpen = server.opened(bob, "file");

  private Nfs4Status aliceLocks(String owner, Mode mode, long first, long last) {
    return server.lock(alice, "file", aliceOpen, owner, mode, first, last).status();
  }

  @Test
  void deniedNamesTheConflictingOwner() {
    server.locked(alice, "file", aliceOpen, "l", 10, 19);
    Locks.Outcome denied = server.lock(bob, "file", bobOpen, "l", Mode.SHARED, 0, 99);
    assertEquals(Nfs4Status.DENIED, denied.status());
    assertEquals(alice, denied.conflict().owner().client());
    assertEquals(StateFixture.id("l"), denied.conflict().owner().id());
    assertEquals(10, denied.conflict().firstByte());
    assertEquals(10, denied.conflict().lengthBytes());
  }

  @Test
  void lockOwnersOfOneNameDifferByClient() {
    server.locked(alice, "file", aliceOpen, "l", 0, 0);
    assertNotNull(server.state.locks().test(bob, FILE, StateFixture.id("l"), Mode.SHARED, 0, 0));
    assertNull(server.state.locks().test(alice, FILE, StateFixture.id("l"), Mode.EXCLUSIVE, 0, 0));
    assertNotNull(
        server.state.locks().test(alice, FILE, StateFixture.id("m"), Mode.EXCLUSIVE, 0, 0));
  }

  @Test
  void deniedLockLeavesNoState() {
    server.locked(alice, "file", aliceOpen, "l", 0, 0);
    int before = server.state.counts().stateids();
    server.lock(bob, "file", bobOpen, "l", Mode.EXCLUSIVE, 0, 0);
    assertEquals(before, server.state.counts().stateids());
  }

  @Test
  void locksOfOneOwnerShareAStateid() {
    Stateid first = server.locked(alice, "file", aliceOpen, "l", 0, 9);
    assertEquals(1, first.seqid());
    Locks.Request more = new Locks.Request(Mode.EXCLUSIVE, false, 20, 29);
    Stateid second = server.state.locks().lock(alice, FILE, first, more).stateid();
    assertEquals(first.withSeqid(2), second);
    Stateid third = server.locked(alice, "file", aliceOpen, "l", 40, 49);
    assertEquals(first.withSeqid(3), third, "open_to_lock_owner again finds it");
    Stateid fourth = server.state.locks().unlock(alice, FILE, third, 0, -1L).stateid();
    assertEquals(first.withSeqid(4), fourth);
    assertNotEquals(first.otherHigh(), aliceOpen.otherHigh());
  }

  @Test
  void lockNeedsTheOpensAccess() {
    Stateid reading = server.open(alice, "r", "file", READ, 0).stateid();
    Stateid writing = server.open(alice, "w", "file", WRITE, 0).stateid();
    assertEquals(
        Nfs4Status.OPENMODE,
        server.lock(alice, "file", reading, "l", Mode.EXCLUSIVE, 0, 0).status());
    assertEquals(
        Nfs4Status.OPENMODE, server.lock(alice, "file", writing, "l", Mode.SHARED, 0, 0).status());
  }

  @Test
  void openAndLockStateidsAreNotInterchangeable() {
    Stateid lock = server.locked(alice, "file", aliceOpen, "l", 0, 9);
    Locks locks = server.state.locks();
    Locks.Request request = new Locks.Request(Mode.SHARED, false, 0, 9);
    assertEquals(Nfs4Status.BAD_STATEID, locks.lock(alice, FILE, aliceOpen, request).status());
    assertEquals(
        Nfs4Status.BAD_STATEID,
        locks.lock(alice, FILE, lock, StateFixture.id("m"), request).status());
    assertEquals(Nfs4Status.BAD_STATEID, locks.unlock(alice, FILE, aliceOpen, 0, 9).status());
    assertEquals(Nfs4Status.BAD_STATEID, server.state.opens().close(alice, FILE, lock).status());
    assertEquals(
        Nfs4Status.BAD_STATEID,
        server.state.opens().downgrade(alice, FILE, lock, READ, 0).status());
  }

  @Test
  void rangesOnAFileAreBounded() {
    int bound = StateFixture.LIMITS.maxLocksPerClient();
    for (int i = 0; i < bound; i++) {
      assertEquals(Nfs4Status.OK, aliceLocks("l", Mode.EXCLUSIVE, 10L * i, 10L * i));
    }
    assertEquals(Nfs4Status.DQUOT, aliceLocks("l", Mode.EXCLUSIVE, 1_000, 1_000), "per client");
    server.locked(bob, "file", bobOpen, "l", 1_000, 1_000);
    assertEquals(
        Nfs4Status.DQUOT,
        server.lock(bob, "file", bobOpen, "l", Mode.EXCLUSIVE, 2_000, 2_000).status(),
        "per file");
    assertEquals(Nfs4Status.OK, aliceLocks("l", Mode.EXCLUSIVE, 0, 100), "merging needs no room");
    assertEquals(Nfs4Status.OK, aliceLocks("l", Mode.EXCLUSIVE, 3_000, 3_000));
  }

  @Test
  void rangesAreBoundedInAll() {
    int bound = StateFixture.LIMITS.maxLocks();
    Stateid other = server.opened(bob, "other");
    for (int i = 0; i < StateFixture.LIMITS.maxLocksPerClient(); i++) {
      aliceLocks("l", Mode.EXCLUSIVE, 10L * i, 10L * i);
    }
    for (int i = server.state.locks().rangeCount(); i < bound; i++) {
      server.locked(bob, "other", other, "l", 10L * i, 10L * i);
    }
    assertEquals(
        Nfs4Status.DQUOT,
        server.lock(bob, "other", other, "l", Mode.EXCLUSIVE, 1_000, 1_000).status());
    server.state.opens().close(alice, FILE, aliceOpen);
    server.locked(bob, "other", other, "l", 1_000, 1_000);
    server.state.opens().close(bob, "other", other);
    assertEquals(0, server.state.locks().rangeCount());
  }

  @Test
  void lockOwnersOfAClientAreBounded() {
    for (int i = 0; i < StateFixture.LIMITS.maxLocksPerClient(); i++) {
      Stateid lock = server.locked(alice, "file", aliceOpen, "l" + i, 0, 0);
      server.state.locks().unlock(alice, FILE, lock, 0, 0);
    }
    assertEquals(Nfs4Status.DQUOT, aliceLocks("one more", Mode.EXCLUSIVE, 0, 0));
  }

  @Test
  void lockOwnerKeepsRangesUntilItsLastStateOnTheFile() {
    Stateid second = server.open(alice, "second", "file", READ | WRITE, 0).stateid();
    server.locked(alice, "file", aliceOpen, "l", 0, 0);
    server.locked(alice, "file", second, "l", 5, 5);
    server.state.opens().close(alice, FILE, second);
    assertEquals(
        Nfs4Status.DENIED, server.lock(bob, "file", bobOpen, "l", Mode.EXCLUSIVE, 0, 0).status());
    server.state.opens().close(alice, FILE, aliceOpen);
    server.locked(bob, "file", bobOpen, "l", 0, 9);
  }

  @Test
  void whatNobodyWaitsForIsGrantedToWhoeverAsks() {
    ClientRecord carol = server.client("carol");
    Stateid carolOpen = server.opened(carol, "file");
    Stateid held = server.locked(alice, "file", aliceOpen, "l", 0, 9);
    assertEquals(
        Nfs4Status.DENIED, server.lock(bob, "file", bobOpen, "l", Mode.EXCLUSIVE, 0, 9).status());
    server.state.locks().unlock(alice, FILE, held, 0, 9);
    assertEquals(
        Nfs4Status.OK, server.lock(carol, "file", carolOpen, "l", Mode.EXCLUSIVE, 5, 5).status());
  }

  @Test
  void unlockingAtTheBoundOnLocksCutsAHole() {
    int bound = StateFixture.LIMITS.maxLocksPerClient();
    for (int i = 0; i < bound; i++) {
      aliceLocks("l", Mode.EXCLUSIVE, 10L * i, 10L * i + 8);
    }
    assertEquals(Nfs4Status.DQUOT, aliceLocks("l", Mode.EXCLUSIVE, 1_000, 1_000));
    Stateid lock = server.locked(alice, "file", aliceOpen, "l", 0, 8);
    assertEquals(Nfs4Status.OK, server.state.locks().unlock(alice, FILE, lock, 4, 4).status());
    assertNull(server.state.locks().test(bob, FILE, StateFixture.id("l"), Mode.EXCLUSIVE, 4, 4));
    assertEquals(bound + 1, server.state.locks().rangeCount());
  }

  @Test
  void holesCutIntoAFileAreBounded() {
    Stateid lock = server.locked(alice, "file", aliceOpen, "l", 0, 1_000);
    int bound = 2 * StateFixture.LIMITS.maxLocksPerFile();
    Nfs4Status last = Nfs4Status.OK;
    for (int i = 1; i <= bound; i++) {
      assertEquals(Nfs4Status.OK, last, "hole " + (i - 1));
      last = server.state.locks().unlock(alice, FILE, lock.withSeqid(0), 2L * i, 2L * i).status();
    }
    assertEquals(Nfs4Status.DQUOT, last);
    assertEquals(bound, server.state.locks().rangeCount());
    assertEquals(
        Nfs4Status.OK,
        server.state.locks().unlock(alice, FILE, lock.withSeqid(0), 0, -1L).status());
    assertEquals(0, server.state.locks().rangeCount());
  }
}
