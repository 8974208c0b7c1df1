package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.PRINCIPAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import org.junit.jupiter.api.Test;

/** The case table of RFC 8881 §18.35.4, and the life of client records. */
class ExchangeIdTest {
  private static final long OTHER_PRINCIPAL = 8;

  private final StateFixture server = new StateFixture();

  @Test
  void case1NewOwnerIsUnconfirmed() {
    ExchangeId.Result result = server.exchange("a", 1, PRINCIPAL);
    assertEquals(Nfs4Status.OK, result.status());
    assertFalse(result.confirmed());
    assertEquals(1, result.sequence());
  }

  @Test
  void case2SameIncarnationKeepsItsClientId() {
    Session session = server.mount("a", 1);
    ExchangeId.Result again = server.exchange("a", 1, PRINCIPAL);
    assertTrue(again.confirmed());
    assertEquals(session.client().clientId(), again.clientId());
    assertEquals(2, again.sequence());
    assertNotNull(server.state.session(session.id()));
  }

  @Test
  void case3OtherPrincipalWithStateIsInUse() {
    server.mount("a", 1);
    assertEquals(Nfs4Status.CLID_INUSE, server.exchange("a", 1, OTHER_PRINCIPAL).status());
    assertEquals(Nfs4Status.CLID_INUSE, server.exchange("a", 2, OTHER_PRINCIPAL).status());
  }

  @Test
  void case3OtherPrincipalAfterTheLeaseTakesOver() {
    Session session = server.mount("a", 1);
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(Nfs4Status.OK, server.exchange("a", 1, OTHER_PRINCIPAL).status());
    assertNull(server.state.session(session.id()));
  }

  @Test
  void case3OtherPrincipalWithoutStateTakesOver() {
    Session session = server.mount("a", 1);
    assertEquals(Nfs4Status.OK, server.state.destroySession(session.id(), 0));
    ExchangeId.Result result = server.exchange("a", 1, OTHER_PRINCIPAL);
    assertEquals(Nfs4Status.OK, result.status());
    assertFalse(result.confirmed());
    assertNotEquals(session.client().clientId(), result.clientId());
  }

  @Test
  void case4UnconfirmedIsReplaced() {
    ExchangeId.Result first = server.exchange("a", 1, PRINCIPAL);
    ExchangeId.Result second = server.exchange("a", 1, OTHER_PRINCIPAL);
    assertNotEquals(first.clientId(), second.clientId());
    assertEquals(
        Nfs4Status.STALE_CLIENTID,
        server.createSession(first.clientId(), first.sequence()).status());
  }

  @Test
  void case5RestartKeepsOldStateUntilConfirmed() {
    ClientRecord old = server.client("a");
    server.opened(old, "file");
    ExchangeId.Result restarted = server.exchange("a", 2, PRINCIPAL);
    assertFalse(restarted.confirmed());
    assertTrue(old.isLive());
    assertEquals(1, server.holds("file"));

    assertEquals(
        Nfs4Status.OK, server.createSession(restarted.clientId(), restarted.sequence()).status());
    assertFalse(old.isLive());
    assertEquals(0, server.holds("file"));
    assertEquals(0, server.state.counts().opens());
    assertEquals(1, server.state.counts().clients());
  }

  @Test
  void case5FailedConfirmationKeepsOldState() {
    ClientRecord old = server.client("a");
    ExchangeId.Result restarted = server.exchange("a", 2, PRINCIPAL);
    CreateSession.Result refused =
        server.createSession(
            restarted.clientId(), restarted.sequence(), OTHER_PRINCIPAL, StateFixture.CHANNEL);
    assertEquals(Nfs4Status.CLID_INUSE, refused.status());
    assertTrue(old.isLive());
    assertEquals(
        Nfs4Status.OK,
        server.createSession(restarted.clientId(), restarted.sequence()).status(),
        "the stranger has not used up its sequence");
  }

  @Test
  void case6UpdateKeepsTheRecord() {
    Session session = server.mount("a", 1);
    ExchangeId.Result result = server.update("a", 1, PRINCIPAL);
    assertTrue(result.confirmed());
    assertEquals(session.client().clientId(), result.clientId());
  }

  @Test
  void case7UpdateWithoutConfirmedRecord() {
    assertEquals(Nfs4Status.NOENT, server.update("a", 1, PRINCIPAL).status());
    server.exchange("a", 1, PRINCIPAL);
    assertEquals(Nfs4Status.NOENT, server.update("a", 1, PRINCIPAL).status());
  }

  @Test
  void case8UpdateWithOtherVerifier() {
    server.mount("a", 1);
    assertEquals(Nfs4Status.NOT_SAME, server.update("a", 2, PRINCIPAL).status());
  }

  @Test
  void case9UpdateByOtherPrincipal() {
    server.mount("a", 1);
    assertEquals(Nfs4Status.PERM, server.update("a", 1, OTHER_PRINCIPAL).status());
  }

  @Test
  void clientIdOfBeforeARestartIsStale() {
    Session session = server.mount("a", 1);
    server.restart();
    assertEquals(
        Nfs4Status.STALE_CLIENTID, server.createSession(session.client().clientId(), 2).status());
    assertNull(server.state.session(session.id()));
  }

  @Test
  void clientIdsDifferByIncarnationWhateverTheRandomNumbers() {
    long first = server.exchange("a", 1, PRINCIPAL).clientId();
    server.restart();
    long second = server.exchange("a", 1, PRINCIPAL).clientId();
    assertEquals(1, (second >>> 48) - (first >>> 48));
  }

  @Test
  void unconfirmedRecordsGiveWayOldestFirst() {
    ExchangeId.Result first = server.exchange("0", 1, PRINCIPAL);
    ExchangeId.Result second = server.exchange("1", 1, PRINCIPAL);
    for (int i = 2; i <= StateFixture.LIMITS.maxUnconfirmedClients(); i++) {
      server.exchange(Integer.toString(i), 1, PRINCIPAL);
    }
    assertEquals(StateFixture.LIMITS.maxUnconfirmedClients(), server.state.counts().clients());
    assertEquals(Nfs4Status.STALE_CLIENTID, server.createSession(first.clientId(), 1).status());
    assertEquals(Nfs4Status.OK, server.createSession(second.clientId(), 1).status());
  }

  @Test
  void unconfirmedRecordGoesAfterALease() {
    server.exchange("a", 1, PRINCIPAL);
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(0, server.state.counts().clients());
  }

  @Test
  void recordsThatGiveWayLeaveNoTimerBehind() {
    for (int i = 0; i < 10_000; i++) {
      server.exchange(Integer.toString(i % 7), i, PRINCIPAL);
    }
    int bound = StateFixture.LIMITS.maxUnconfirmedClients();
    assertEquals(bound, server.state.watchedClients());
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(0, server.state.watchedClients());
  }

  @Test
  void clientsBeyondTheBoundAreDelayedUntilOneLapses() {
    for (int i = 0; i < StateFixture.LIMITS.maxClients(); i++) {
      server.mount("client" + i, 1);
    }
    assertEquals(Nfs4Status.DELAY, server.exchange("one more", 1, PRINCIPAL).status());
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(Nfs4Status.OK, server.exchange("one more", 1, PRINCIPAL).status());
    assertEquals(StateFixture.LIMITS.maxClients(), server.state.counts().clients());
  }

  @Test
  void destroyClientNeedsItToBeIdle() {
    Session session = server.mount("a", 1);
    long clientId = session.client().clientId();
    assertEquals(Nfs4Status.CLIENTID_BUSY, server.state.destroyClient(clientId));
    assertEquals(Nfs4Status.OK, server.state.destroySession(session.id(), 0));
    assertEquals(Nfs4Status.OK, server.state.destroyClient(clientId));
    assertEquals(Nfs4Status.STALE_CLIENTID, server.state.destroyClient(clientId));
  }

  @Test
  void destroyedClientIsForgottenByTheJournal() {
    ClientRecord client = server.client("a");
    assertEquals(1, server.journal.clients.size());
    server.state.destroySession(client.sessions().getFirst().id(), 0);
    server.state.destroyClient(client.clientId());
    assertEquals(0, server.journal.clients.size());
    assertEquals(server.journal.sequence, server.state.journalSequence());
  }
}
