package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.BOTH;
import static io.atoll.nfs4.state.StateFixture.READ;
import static io.atoll.nfs4.state.StateFixture.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.Test;

/** OPEN, OPEN_DOWNGRADE, CLOSE, share reservations and I/O by stateid (RFC 8881 §9). */
class OpensTest {
  private static final Object FILE = "file";

  private final StateFixture server = new StateFixture();
  private final ClientRecord alice = server.client("alice");
  private final ClientRecord bob = server.client("bob");

  private Nfs4Status openStatus(ClientRecord client, int access, int deny) {
    return server.open(client, "owner", "file", access, deny).status();
  }

  private Nfs4Status io(ClientRecord client, Stateid stateid, int access) {
    return server.state.checkIo(client, FILE, stateid, access);
  }

  @Test
  void openConflictsExactlyByTheShareTable() {
    for (int heldAccess = 1; heldAccess <= 3; heldAccess++) {
      for (int heldDeny = 0; heldDeny <= 3; heldDeny++) {
        for (int access = 1; access <= 3; access++) {
          for (int deny = 0; deny <= 3; deny++) {
            Stateid held = server.open(alice, "o", "file", heldAccess, heldDeny).stateid();
            Opens.Outcome outcome = server.open(bob, "o", "file", access, deny);
            boolean conflict = (access & heldDeny) != 0 || (deny & heldAccess) != 0;
            String context = heldAccess + "/" + heldDeny + " against " + access + "/" + deny;
            assertEquals(
                conflict ? Nfs4Status.SHARE_DENIED : Nfs4Status.OK, outcome.status(), context);
            server.state.opens().close(alice, FILE, held);
            if (!conflict) {
              server.state.opens().close(bob, FILE, outcome.stateid());
            }
          }
        }
      }
    }
    assertEquals(0, server.state.counts().files());
    assertEquals(0, server.holds("file"));
  }

  @Test
  void openOfTheSameOwnerUpgradesOneStateid() {
    Stateid first = server.open(alice, "o", "file", READ, 0).stateid();
    Stateid second = server.open(alice, "o", "file", WRITE, 0).stateid();
    assertEquals(1, first.seqid());
    assertEquals(first.withSeqid(2), second);
    assertEquals(Nfs4Status.OK, io(alice, second, WRITE));
    assertEquals(1, server.holds("file"), "one hold for one state");
    assertEquals(1, server.state.counts().opens());
  }

  @Test
  void ownersAndClientsOfOneNameAreDifferent() {
    Stateid one = server.open(alice, "o", "file", READ, 0).stateid();
    Stateid two = server.open(alice, "p", "file", READ, 0).stateid();
    Stateid three = server.open(bob, "o", "file", READ, 0).stateid();
    assertNotEquals(one, two);
    assertNotEquals(one, three);
    assertEquals(Nfs4Status.BAD_STATEID, io(bob, one, READ));
  }

  @Test
  void failedOpenGivesItsHoldBack() {
    server.open(alice, "o", "file", READ, WRITE);
    assertEquals(Nfs4Status.SHARE_DENIED, openStatus(bob, WRITE, 0));
    assertEquals(1, server.holds("file"));
  }

  @Test
  void openForAClientThatWentAwayIsRefused() {
    server.state.destroySession(alice.sessions().getFirst().id(), 0);
    server.state.destroyClient(alice.clientId());
    assertEquals(Nfs4Status.DEADSESSION, openStatus(alice, READ, 0));
    assertEquals(0, server.holds("file"));
    assertEquals(Nfs4Status.DEADSESSION, server.state.opens().claim(alice, FILE, READ, 0).status());
  }

  @Test
  void closeReturnsTheInvalidStateidAndFreesLocks() {
    Stateid open = server.opened(alice, "file");
    Stateid lock = server.locked(alice, "file", open, "l", 0, 9);
    assertEquals(Stateid.INVALID, server.state.opens().close(alice, FILE, open).stateid());
    assertEquals(Nfs4Status.BAD_STATEID, io(alice, open, READ));
    assertEquals(Nfs4Status.BAD_STATEID, io(alice, lock, READ));
    assertEquals(0, server.state.counts().stateids());
    assertEquals(0, server.holds("file"));
    Stateid bobs = server.opened(bob, "file");
    server.locked(bob, "file", bobs, "l", 0, 9);
  }

  @Test
  void stateidAfterCloseIsFresh() {
    Stateid first = server.opened(alice, "file");
    server.state.opens().close(alice, FILE, first);
    Stateid second = server.opened(alice, "file");
    assertEquals(1, second.seqid());
    assertNotEquals(first.otherHigh(), second.otherHigh());
  }

  @Test
  void downgradeGoesOnlyToWhatWasOpened() {
    Stateid open = server.open(alice, "o", "file", BOTH, 0).stateid();
    Opens opens = server.state.opens();
    assertEquals(Nfs4Status.INVAL, opens.downgrade(alice, FILE, open, READ, 0).status());
    open = server.open(alice, "o", "file", READ, 0).stateid();
    Opens.Outcome down = opens.downgrade(alice, FILE, open, READ, 0);
    assertEquals(open.withSeqid(3), down.stateid());
    assertEquals(Nfs4Status.OPENMODE, io(alice, down.stateid(), WRITE));
    assertEquals(Nfs4Status.INVAL, opens.downgrade(alice, FILE, down.stateid(), BOTH, 0).status());
  }

  @Test
  void downgradeMayGoToAUnionOfOpens() {
    server.open(alice, "o", "file", READ, 0);
    server.open(alice, "o", "file", WRITE, 0);
    server.open(alice, "p", "other", READ, 0).stateid();
    Stateid open = server.open(alice, "o", "file", BOTH, 0).stateid();
    Opens opens = server.state.opens();
    assertEquals(Nfs4Status.OK, opens.downgrade(alice, FILE, open, BOTH, 0).status());
    assertEquals(Nfs4Status.OK, opens.downgrade(alice, FILE, open.withSeqid(0), WRITE, 0).status());
  }

  @Test
  void downgradeGivesUpDenials() {
    server.open(alice, "o", "file", READ, 0);
    Stateid open = server.open(alice, "o", "file", READ, WRITE).stateid();
    assertEquals(Nfs4Status.SHARE_DENIED, openStatus(bob, WRITE, 0));
    server.state.opens().downgrade(alice, FILE, open, READ, 0);
    assertEquals(Nfs4Status.OK, openStatus(bob, WRITE, 0));
  }

  @Test
  void claimReservesUntilOpenedOrCancelled() {
    ShareClaim claim = server.state.opens().claim(alice, FILE, WRITE, READ);
    assertEquals(Nfs4Status.OK, claim.status());
    assertEquals(Nfs4Status.SHARE_DENIED, openStatus(bob, READ, 0));
    server.holds.merge("file", 1, Integer::sum);
    Opens.Outcome opened =
        server
            .state
            .opens()
            .open(
                new Opens.Request(alice, StateFixture.id("o"), FILE, WRITE, READ, false, 0), claim);
    assertEquals(Nfs4Status.OK, opened.status());
    server.state.opens().close(alice, FILE, opened.stateid());

    ShareClaim second = server.state.opens().claim(alice, FILE, WRITE, READ);
    server.state.opens().cancel(second);
    assertEquals(0, server.state.counts().files());
    assertEquals(Nfs4Status.OK, openStatus(bob, READ, 0));
  }

  @Test
  void roomSetAsideCountsUntilGivenBack() {
    for (int i = 1; i < StateFixture.LIMITS.maxOpensPerClient(); i++) {
      server.opened(alice, "file" + i);
    }
    Opens opens = server.state.opens();
    OwnerId owner = StateFixture.id("o");
    assertEquals(Nfs4Status.OK, opens.reserve(alice, owner));
    assertEquals(Nfs4Status.DQUOT, opens.reserve(alice, owner));
    assertEquals(Nfs4Status.DQUOT, server.open(alice, "o", "one more", READ, 0).status());
    opens.unreserve(alice, owner);
    assertEquals(Nfs4Status.OK, server.open(alice, "o", "one more", READ, 0).status());
  }

  @Test
  void opensAreBoundedByClientAndInAll() {
    for (int i = 0; i < StateFixture.LIMITS.maxOpensPerClient(); i++) {
      server.opened(alice, "file" + i);
    }
    Opens.Outcome refused = server.open(alice, "o", "one more", READ, 0);
    assertEquals(Nfs4Status.DQUOT, refused.status());
    assertEquals(0, server.holds("one more"));
    int left = StateFixture.LIMITS.maxOpens() - StateFixture.LIMITS.maxOpensPerClient();
    for (int i = 0; i < left; i++) {
      server.opened(bob, "file" + i);
    }
    assertEquals(Nfs4Status.DQUOT, server.open(bob, "o", "one more", READ, 0).status());
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    StateFixture.request(bob.sessions().getFirst(), 0, 1);
    assertEquals(Nfs4Status.OK, server.open(bob, "o", "one more", READ, 0).status());
    assertFalse(alice.isLive(), "its courtesy ended for want of room");
  }

  // --- stateids ---

  @Test
  void zeroSeqidMeansTheLatestAndOthersAreCompared() {
    Stateid first = server.open(alice, "o", "file", READ, 0).stateid();
    server.open(alice, "o", "file", READ, 0);
    assertEquals(Nfs4Status.OK, io(alice, first.withSeqid(0), READ));
    assertEquals(Nfs4Status.OLD_STATEID, io(alice, first, READ));
    assertEquals(Nfs4Status.BAD_STATEID, io(alice, first.withSeqid(3), READ));
  }

  @Test
  void seqidWrapsToOneAndComparesAsSerialNumber() {
    Stateid open = server.open(alice, "o", "file", READ, 0).stateid();
    alice.openOwners().values().iterator().next().opens().values().iterator().next().seqid(-1);
    Stateid wrapped = server.open(alice, "o", "file", READ, 0).stateid();
    assertEquals(1, wrapped.seqid());
    assertEquals(Nfs4Status.OLD_STATEID, io(alice, open.withSeqid(-1), READ));
    assertEquals(Nfs4Status.BAD_STATEID, io(alice, open.withSeqid(2), READ));
    assertEquals(Nfs4Status.BAD_STATEID, StateidTable.compare(1, -1));
  }

  @Test
  void stateidOfAnotherFileIsBad() {
    Stateid open = server.opened(alice, "file");
    assertEquals(Nfs4Status.BAD_STATEID, server.state.checkIo(alice, "other", open, READ));
  }

  @Test
  void stateidOfBeforeARestartIsBad() {
    Stateid open = server.opened(alice, "file");
    server.restart();
    server.advanceSeconds(StateFixture.GRACE_SECONDS + 1);
    ClientRecord again = server.client("alice");
    Stateid reopened = server.opened(again, "file");
    assertEquals(open.otherHigh(), reopened.otherHigh(), "only the instance tells them apart");
    assertEquals(Nfs4Status.BAD_STATEID, io(again, open, READ));
  }

  @Test
  void testStateidTellsGoodOldAndBad() {
    Stateid open = server.opened(alice, "file");
    assertEquals(Nfs4Status.OK, server.state.testStateid(alice, open));
    server.opened(alice, "file");
    assertEquals(Nfs4Status.OLD_STATEID, server.state.testStateid(alice, open));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.testStateid(alice, Stateid.ANONYMOUS));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.testStateid(alice, Stateid.READ_BYPASS));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.testStateid(bob, open));
  }

  @Test
  void freeStateidFreesOnlyIdleLockStates() {
    Stateid open = server.opened(alice, "file");
    Stateid lock = server.locked(alice, "file", open, "l", 0, 9);
    assertEquals(Nfs4Status.LOCKS_HELD, server.state.freeStateid(alice, open));
    assertEquals(Nfs4Status.LOCKS_HELD, server.state.freeStateid(alice, lock));
    Stateid idle = server.state.locks().unlock(alice, FILE, lock, 0, 9).stateid();
    assertEquals(Nfs4Status.OLD_STATEID, server.state.freeStateid(alice, lock));
    assertEquals(Nfs4Status.OK, server.state.freeStateid(alice, idle));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.freeStateid(alice, idle));
    assertEquals(1, server.state.counts().stateids());
  }

  // --- I/O ---

  @Test
  void writeNeedsAnOpenForWriting() {
    Stateid open = server.open(alice, "o", "file", READ, 0).stateid();
    assertEquals(Nfs4Status.OPENMODE, io(alice, open, WRITE));
    assertTrue(server.state.holdsOpen(open, READ));
  }

  @Test
  void readUnderAWriteOnlyOpenIsAllowedButNotHeld() {
    Stateid open = server.open(alice, "o", "file", WRITE, 0).stateid();
    assertEquals(Nfs4Status.OK, io(alice, open, READ));
    assertFalse(server.state.holdsOpen(open, READ));
  }

  @Test
  void lockStateidHasTheAccessOfItsOpen() {
    Stateid open = server.opened(alice, "file");
    Stateid lock = server.lock(alice, "file", open, "l", Mode.SHARED, 0, 9).stateid();
    assertEquals(Nfs4Status.OK, io(alice, lock, WRITE));
    assertTrue(server.state.holdsOpen(lock, WRITE));
  }

  @Test
  void anonymousIoIsSubjectToDenialsAndBypassReadIsNot() {
    server.open(alice, "o", "file", READ, BOTH);
    assertEquals(Nfs4Status.LOCKED, io(bob, Stateid.ANONYMOUS, READ));
    assertEquals(Nfs4Status.LOCKED, io(bob, Stateid.ANONYMOUS, WRITE));
    assertEquals(Nfs4Status.OK, io(bob, Stateid.READ_BYPASS, READ));
    assertEquals(Nfs4Status.LOCKED, io(bob, Stateid.READ_BYPASS, WRITE));
    assertEquals(Nfs4Status.OK, server.state.checkIo(bob, "other", Stateid.ANONYMOUS, WRITE));
  }
}
