package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.GRACE_SECONDS;
import static io.atoll.nfs4.state.StateFixture.LEASE_SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.Test;

/**
 * Clients and a server that do not see each other for a while, with restarts in between: nobody
 * reclaims a lock that may have been another's meanwhile (RFC 8881 §8.4.3), and nobody loses one
 * for any other reason.
 */
class RecoveryEdgesTest {
  private static final String FILE = "file";

  private final StateFixture server = new StateFixture();

  private ClientRecord holderOfALock(String name) {
    ClientRecord client = server.client(name);
    server.locked(client, FILE, server.opened(client, FILE), "l", 0, 9);
    return client;
  }

  /** Comes back after a restart, as the same incarnation, and reclaims; without being done. */
  private ClientRecord reclaims(String name) {
    ClientRecord client = server.mount(name, 1).client();
    assertEquals(Nfs4Status.OK, reclaim(client));
    return client;
  }

  private Nfs4Status reclaim(ClientRecord client) {
    Nfs4Status admitted = server.state.admits(client, true);
    if (!admitted.isOk()) {
      return admitted;
    }
    server.holds.merge(FILE, 1, Integer::sum);
    Opens.Request open =
        new Opens.Request(client, StateFixture.id("owner"), FILE, StateFixture.BOTH, 0, true, 0);
    Stateid stateid = server.state.opens().open(open).stateid();
    Locks.Request lock = new Locks.Request(Mode.EXCLUSIVE, true, 0, 9);
    return server.state.locks().lock(client, FILE, stateid, StateFixture.id("l"), lock).status();
  }

  private void locksAndUnlocks(ClientRecord client) {
    Stateid open = server.opened(client, FILE);
    Stateid lock = server.locked(client, FILE, open, "l", 0, 9);
    server.state.locks().unlock(client, FILE, lock, 0, 9);
  }

  private boolean isDurable() {
    return server.state.journalSequence() == server.journal.sequence;
  }

  /** The first edge condition: the lease ends, another has the lock, then the server restarts. */
  @Test
  void lockThatWasGivenAwayBeforeTheRestartIsNotReclaimed() {
    holderOfALock("alice");
    server.advanceSeconds(LEASE_SECONDS + 1);
    ClientRecord bob = server.client("bob");
    locksAndUnlocks(bob);
    assertFalse(server.journal.clients.containsKey(StateFixture.id("alice")));
    assertTrue(isDurable(), "bob's reply waits until alice is forgotten for good");
    server.restart();
    assertEquals(Nfs4Status.RECLAIM_BAD, reclaim(server.mount("alice", 1).client()));
  }

  /** The second: it misses a whole grace, another has the lock, then the server restarts again. */
  @Test
  void lockThatWasGivenAwayBetweenTwoRestartsIsNotReclaimed() {
    holderOfALock("alice");
    server.restart();
    server.advanceSeconds(GRACE_SECONDS + 1);
    assertFalse(server.state.isInGrace());
    ClientRecord bob = server.client("bob");
    locksAndUnlocks(bob);
    server.restart();
    assertEquals(Nfs4Status.RECLAIM_BAD, reclaim(server.mount("alice", 1).client()));
  }

  @Test
  void clientThatIsForgottenAtTheEndOfGraceIsSoBeforeAnyoneGetsAnything() {
    holderOfALock("alice");
    server.restart();
    server.advanceSeconds(GRACE_SECONDS + 1);
    assertFalse(server.journal.clients.containsKey(StateFixture.id("alice")));
    assertTrue(isDurable());
  }

  @Test
  void restartsInTheMidstOfGraceLoseNobodyHoweverMany() {
    holderOfALock("alice");
    holderOfALockElsewhere("bob");
    for (int restart = 0; restart < 3; restart++) {
      server.restart();
      server.advanceSeconds(GRACE_SECONDS / 2.0);
      reclaims("alice");
    }
    server.restart();
    ClientRecord alice = reclaims("alice");
    assertEquals(Nfs4Status.OK, server.state.reclaimComplete(alice));
    assertTrue(server.state.isInGrace(), "bob is awaited");
    ClientRecord bob = server.mount("bob", 1).client();
    assertEquals(Nfs4Status.OK, server.state.admits(bob, true));
    assertEquals(Nfs4Status.OK, server.state.reclaimComplete(bob));
    assertFalse(server.state.isInGrace(), "all have said that they are done");
  }

  private void holderOfALockElsewhere(String name) {
    ClientRecord client = server.client(name);
    server.locked(client, "other", server.opened(client, "other"), "l", 0, 9);
  }

  @Test
  void whoWasDoneBeforeARestartInGraceReclaimsAgain() {
    holderOfALock("alice");
    holderOfALockElsewhere("bob");
    server.restart();
    server.state.reclaimComplete(reclaims("alice"));
    server.restart();
    reclaims("alice");
  }

  @Test
  void newClientOfAGraceThatIsCutShortHeldNothing() {
    holderOfALock("alice");
    server.restart();
    ClientRecord carol = server.mount("carol", 1).client();
    assertEquals(Nfs4Status.GRACE, server.state.admits(carol, false));
    server.restart();
    assertEquals(Nfs4Status.RECLAIM_BAD, reclaim(server.mount("carol", 1).client()));
    reclaims("alice");
  }

  @Test
  void clientIsRecordedBeforeItMayHoldAnything() {
    ClientRecord alice = server.mount("alice", 1).client();
    assertFalse(server.journal.clients.containsKey(StateFixture.id("alice")));
    assertEquals(Nfs4Status.GRACE, server.state.admits(alice, false));
    server.state.reclaimComplete(alice);
    assertTrue(server.journal.clients.containsKey(StateFixture.id("alice")));
    assertTrue(isDurable());
  }
}
