package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.COURTESY_SECONDS;
import static io.atoll.nfs4.state.StateFixture.GRACE_SECONDS;
import static io.atoll.nfs4.state.StateFixture.LEASE_SECONDS;
import static io.atoll.nfs4.state.StateFixture.PRINCIPAL;
import static io.atoll.nfs4.state.StateFixture.READ;
import static io.atoll.nfs4.state.StateFixture.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.Test;

/** Leases (RFC 8881 §8.3), grace and reclaim (§8.4), RECLAIM_COMPLETE (§18.51). */
class GraceAndLeaseTest {
  private final StateFixture server = new StateFixture();

  private Nfs4Status admits(ClientRecord client, boolean reclaim) {
    return server.state.admits(client, reclaim);
  }

  private boolean isRecorded(String owner) {
    return server.journal.clients.containsKey(StateFixture.id(owner));
  }

  // --- grace ---

  @Test
  void noGraceWhenNobodyIsRecorded() {
    assertFalse(server.state.isInGrace());
    assertEquals(1, server.gracesEnded);
  }

  @Test
  void newStateNeedsReclaimComplete() {
    ClientRecord client = server.mount("a", 1).client();
    assertEquals(Nfs4Status.GRACE, admits(client, false));
    assertFalse(isRecorded("a"), "holds nothing yet");
    assertEquals(Nfs4Status.OK, server.state.reclaimComplete(client));
    assertEquals(Nfs4Status.OK, admits(client, false));
    assertTrue(isRecorded("a"));
    assertEquals(server.journal.sequence, server.state.journalSequence());
    assertEquals(Nfs4Status.COMPLETE_ALREADY, server.state.reclaimComplete(client));
  }

  @Test
  void recordedClientReclaimsInGrace() {
    server.client("a");
    server.restart();
    assertTrue(server.state.isInGrace());
    ClientRecord client = server.mount("a", 1).client();
    assertEquals(Nfs4Status.OK, admits(client, true));
    assertEquals(Nfs4Status.GRACE, admits(client, false));
    server.state.reclaimComplete(client);
    assertEquals(Nfs4Status.NO_GRACE, admits(client, true), "it said that it was done");
    assertFalse(server.state.isInGrace(), "nobody else is waited for");
    assertEquals(1, server.gracesEnded);
    assertEquals(Nfs4Status.OK, admits(client, false));
  }

  @Test
  void unrecordedClientMustNotReclaim() {
    server.client("a");
    server.restart();
    ClientRecord stranger = server.mount("b", 1).client();
    assertEquals(Nfs4Status.RECLAIM_BAD, admits(stranger, true));
    server.state.reclaimComplete(stranger);
    assertEquals(Nfs4Status.GRACE, admits(stranger, false), "others may still reclaim");
  }

  @Test
  void otherIncarnationMustNotReclaimAndEndsTheWait() {
    server.client("a");
    server.restart();
    ClientRecord rebooted = server.mount("a", 2).client();
    assertEquals(Nfs4Status.NO_GRACE, admits(rebooted, true));
    assertFalse(server.state.isInGrace());
    assertFalse(isRecorded("a"));
  }

  @Test
  void graceEndsInTime() {
    server.client("a");
    server.restart();
    server.advanceSeconds(GRACE_SECONDS - 1);
    assertTrue(server.state.isInGrace());
    assertEquals(0, server.gracesEnded);
    server.advanceSeconds(1);
    assertFalse(server.state.isInGrace());
    assertEquals(1, server.gracesEnded);
    ClientRecord late = server.mount("a", 1).client();
    assertEquals(Nfs4Status.NO_GRACE, admits(late, true));
  }

  @Test
  void graceDoesNotEndUnderAClientThatReclaims() {
    server.client("a");
    server.restart();
    ClientRecord busy = server.mount("a", 1).client();
    server.advanceSeconds(GRACE_SECONDS - 1);
    assertEquals(Nfs4Status.OK, admits(busy, true));
    server.advanceSeconds(4);
    assertEquals(Nfs4Status.OK, admits(busy, true));
    server.advanceSeconds(2 * LEASE_SECONDS - GRACE_SECONDS - 3);
    assertEquals(Nfs4Status.NO_GRACE, admits(busy, true), "not beyond two leases");
    assertEquals(1, server.gracesEnded);
  }

  @Test
  void graceEndsWhenReclaimsStop() {
    server.client("a");
    server.restart();
    assertEquals(Nfs4Status.OK, admits(server.mount("a", 1).client(), true));
    server.advanceSeconds(GRACE_SECONDS);
    assertFalse(server.state.isInGrace());
  }

  @Test
  void nameOfARecordedClientIsKeptForItsPrincipalInGrace() {
    server.client("a");
    server.restart();
    assertEquals(Nfs4Status.CLID_INUSE, server.exchange("a", 1, PRINCIPAL + 1).status());
    assertTrue(isRecorded("a"));
    assertEquals(Nfs4Status.OK, admits(server.mount("a", 1).client(), true));
    server.restart();
    server.advanceSeconds(GRACE_SECONDS);
    assertEquals(Nfs4Status.OK, server.exchange("a", 1, PRINCIPAL + 1).status());
  }

  @Test
  void whoMissedAGraceMayNotReclaimInTheNext() {
    server.client("a");
    server.client("b");
    server.restart();
    server.state.reclaimComplete(server.mount("b", 1).client());
    server.advanceSeconds(GRACE_SECONDS);
    assertFalse(isRecorded("a"));
    assertTrue(isRecorded("b"));
    server.restart();
    assertEquals(Nfs4Status.RECLAIM_BAD, admits(server.mount("a", 1).client(), true));
  }

  @Test
  void whoDidNotFinishItsReclaimMayNotReclaimAgainAfterGrace() {
    server.client("a");
    server.restart();
    ClientRecord half = server.mount("a", 1).client();
    assertEquals(Nfs4Status.OK, admits(half, true));
    server.advanceSeconds(GRACE_SECONDS);
    assertFalse(isRecorded("a"), "what it had not reclaimed may be another's now");
  }

  @Test
  void restartWithinGraceLosesNobody() {
    server.client("a");
    server.client("b");
    server.restart();
    server.state.reclaimComplete(server.mount("a", 1).client());
    server.restart();
    assertEquals(Nfs4Status.OK, admits(server.mount("a", 1).client(), true));
    assertEquals(Nfs4Status.OK, admits(server.mount("b", 1).client(), true));
  }

  @Test
  void anonymousIoWaitsOutGrace() {
    server.client("a");
    server.restart();
    ClientRecord client = server.mount("b", 1).client();
    assertEquals(Nfs4Status.GRACE, server.state.checkIo(client, "file", Stateid.ANONYMOUS, WRITE));
    assertEquals(Nfs4Status.OK, server.state.checkIo(client, "file", Stateid.READ_BYPASS, READ));
  }

  @Test
  void reclaimConflictIsNamedSo() {
    server.client("a");
    server.restart();
    ClientRecord client = server.mount("a", 1).client();
    server.open(client, "o", "file", READ, WRITE);
    server.holds.merge("file", 1, Integer::sum);
    Opens.Request reclaim =
        new Opens.Request(client, StateFixture.id("p"), "file", WRITE, 0, true, 0);
    assertEquals(Nfs4Status.RECLAIM_CONFLICT, server.state.opens().open(reclaim).status());
  }

  // --- leases ---

  @Test
  void lapsedClientKeepsItsStateOutOfCourtesy() {
    ClientRecord client = server.client("a");
    Session session = client.sessions().getFirst();
    Stateid open = server.opened(client, "file");
    server.advanceSeconds(LEASE_SECONDS * 3);
    assertEquals(Phase.LAPSED, client.phase());
    StateFixture.request(session, 0, 1);
    assertEquals(Phase.CONFIRMED, client.phase());
    assertEquals(Nfs4Status.OK, server.state.checkIo(client, "file", open, WRITE));
    server.advanceSeconds(LEASE_SECONDS + 1);
    assertEquals(Phase.LAPSED, client.phase(), "the next lease is watched again");
  }

  @Test
  void renewingClientNeverLapses() {
    ClientRecord client = server.client("a");
    Session session = client.sessions().getFirst();
    for (int i = 1; i < 20; i++) {
      server.advanceSeconds(LEASE_SECONDS - 1);
      StateFixture.request(session, 0, i);
      assertEquals(Phase.CONFIRMED, client.phase());
    }
  }

  @Test
  void requestInFlightKeepsTheLease() {
    ClientRecord client = server.client("a");
    SlotHandle running = client.sessions().getFirst().take(0, 1, 0, 0, PRINCIPAL, false);
    server.advanceSeconds(LEASE_SECONDS * 5);
    assertEquals(Phase.CONFIRMED, client.phase());
    running.finalise();
    server.advanceSeconds(LEASE_SECONDS - 1);
    assertEquals(Phase.CONFIRMED, client.phase(), "its lease runs from the request's end");
    server.advanceSeconds(2 + LEASE_SECONDS);
    assertEquals(Phase.LAPSED, client.phase());
  }

  @Test
  void courtesyEndsWhenAnotherOpens() {
    ClientRecord sleeper = server.client("a");
    server.open(sleeper, "o", "file", READ, WRITE);
    server.advanceSeconds(LEASE_SECONDS + 1);
    ClientRecord other = server.client("b");
    long before = server.state.journalSequence();
    assertEquals(Nfs4Status.OK, server.open(other, "o", "file", WRITE, 0).status());
    assertEquals(Phase.DISCARDED, sleeper.phase());
    assertFalse(isRecorded("a"));
    assertTrue(server.state.journalSequence() > before, "the grant rests on its being forgotten");
    assertEquals(1, server.holds("file"));
  }

  @Test
  void courtesyEndsWhenAnotherLocks() {
    ClientRecord sleeper = server.client("a");
    server.locked(sleeper, "file", server.opened(sleeper, "file"), "l", 0, 9);
    server.advanceSeconds(LEASE_SECONDS + 1);
    ClientRecord other = server.client("b");
    Stateid open = server.opened(other, "file");
    assertTrue(sleeper.isLive(), "opens that deny nothing are in nobody's way");
    server.locked(other, "file", open, "l", 9, 9);
    assertEquals(Phase.DISCARDED, sleeper.phase());
  }

  @Test
  void courtesyEndsWhenAnotherTestsForALock() {
    ClientRecord sleeper = server.client("a");
    server.locked(sleeper, "file", server.opened(sleeper, "file"), "l", 0, 9);
    server.advanceSeconds(LEASE_SECONDS + 1);
    ClientRecord other = server.client("b");
    assertNull(
        server.state.locks().test(other, "file", StateFixture.id("l"), Mode.EXCLUSIVE, 0, 9));
    assertEquals(0, server.state.counts().files());
  }

  @Test
  void courtesyEndsForAnonymousIo() {
    ClientRecord sleeper = server.client("a");
    server.open(sleeper, "o", "file", READ, WRITE);
    server.advanceSeconds(LEASE_SECONDS + 1);
    ClientRecord other = server.client("b");
    assertEquals(Nfs4Status.OK, server.state.checkIo(other, "file", Stateid.ANONYMOUS, WRITE));
    assertFalse(sleeper.isLive());
  }

  @Test
  void liveClientIsNeverInTheWayByCourtesyRules() {
    ClientRecord holder = server.client("a");
    server.open(holder, "o", "file", READ, WRITE);
    ClientRecord other = server.client("b");
    assertEquals(Nfs4Status.SHARE_DENIED, server.open(other, "o", "file", WRITE, 0).status());
    assertTrue(holder.isLive());
  }

  @Test
  void courtesyHasAnEnd() {
    ClientRecord client = server.client("a");
    Session session = client.sessions().getFirst();
    server.opened(client, "file");
    server.advanceSeconds(COURTESY_SECONDS);
    assertNotNull(server.state.session(session.id()));
    server.advanceSeconds(2 * LEASE_SECONDS);
    assertNull(server.state.session(session.id()));
    assertEquals(new NfsState.Counts(0, 0, 0, 0, 0, 0, 0), server.state.counts());
    assertEquals(0, server.holds("file"));
    assertFalse(isRecorded("a"));
  }
}
