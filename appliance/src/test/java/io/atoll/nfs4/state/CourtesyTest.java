package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients that are gone still hold makes room for those that are there, and no more of it. */
class CourtesyTest {
  private static final int MAX_OPENS = 3;
  private static final int MAX_LOCKS = 2;

  private final StateFixture fixture = new StateFixture();

  CourtesyTest() {
    limits(MAX_OPENS, 1 << 20);
  }

  private void limits(int maxOpens, long stateBytes) {
    fixture.restart(
        new StateLimits(16, 16, 8, maxOpens, 8, MAX_LOCKS, 8, stateBytes, stateBytes),
        StateFixture.SESSION_LIMITS);
  }

  private void lapse(ClientRecord... clients) {
    fixture.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    for (ClientRecord client : clients) {
      assertEquals(Phase.LAPSED, client.phase());
    }
  }

  private ClientRecord locker(String owner, String file, int locks) {
    ClientRecord client = fixture.client(owner);
    Stateid open = fixture.opened(client, file);
    for (int i = 0; i < locks; i++) {
      fixture.locked(client, file, open, "owner " + i, 10L * i, 10L * i + 5);
    }
    return client;
  }

  @Test
  void locksOfAClientThatIsGoneMakeRoomForOthers() {
    ClientRecord gone = locker("gone", "a", MAX_LOCKS);
    lapse(gone);
    locker("here", "b", MAX_LOCKS);
    assertEquals(Phase.DISCARDED, gone.phase());
    assertEquals(MAX_LOCKS, fixture.state.locks().rangeCount());
  }

  @Test
  void locksOfAClientThatIsGoneMakeRoomOnTheVeryFile() {
    ClientRecord gone = fixture.client("gone");
    Stateid open = fixture.opened(gone, "a");
    fixture.locked(gone, "a", open, "owner", 0, 5);
    fixture.locked(gone, "a", open, "owner", 10, 15);
    lapse(gone);
    ClientRecord here = fixture.client("here");
    Stateid mine = fixture.opened(here, "a");
    fixture.locked(here, "a", mine, "owner", 100, 105);
    fixture.locked(here, "a", mine, "owner", 200, 205);
    assertEquals(MAX_LOCKS, fixture.state.locks().rangeCount());
  }

  @Test
  void bytesOfAClientThatIsGoneMakeRoomForLocks() {
    limits(8, 4 * (StateBudget.CLIENT_BYTES + StateBudget.OPEN_BYTES));
    ClientRecord gone = locker("gone", "a", 1);
    fixture.opened(gone, "b");
    lapse(gone);
    ClientRecord here = fixture.client("here");
    Stateid open = fixture.opened(here, "c");
    fixture.opened(here, "d");
    OwnerId longName = new OwnerId(new byte[OwnerId.MAX_BYTES]);
    Locks.Outcome outcome = fixture.state.locks().lock(here, "c", open, longName, request(0, 5));
    assertEquals(Nfs4Status.OK, outcome.status());
  }

  private static Locks.Request request(long first, long last) {
    return new Locks.Request(Mode.EXCLUSIVE, false, first, last);
  }

  @Test
  void wantOfOpensCostsOnlyClientsThatHoldSome() {
    ClientRecord first = fixture.client("without 1");
    ClientRecord second = fixture.client("without 2");
    ClientRecord holder = fixture.client("holder");
    fixture.opened(holder, "a");
    fixture.opened(holder, "b");
    fixture.opened(holder, "c");
    lapse(first, second, holder);
    fixture.opened(fixture.client("here"), "d");
    assertEquals(Phase.DISCARDED, holder.phase());
    assertEquals(Phase.LAPSED, first.phase());
    assertEquals(Phase.LAPSED, second.phase());
  }

  @Test
  void whoLapsedFirstGoesFirst() {
    ClientRecord first = fixture.client("1");
    fixture.opened(first, "a");
    fixture.advanceSeconds(1);
    ClientRecord second = fixture.client("2");
    fixture.opened(second, "b");
    fixture.opened(second, "c");
    lapse(first, second);
    fixture.opened(fixture.client("here"), "d");
    assertEquals(List.of(Phase.DISCARDED, Phase.LAPSED), List.of(first.phase(), second.phase()));
  }

  @Test
  void whoRevivedIsNotDiscarded() {
    ClientRecord revived = fixture.client("revived");
    fixture.opened(revived, "a");
    fixture.opened(revived, "b");
    fixture.opened(revived, "c");
    lapse(revived);
    fixture.update("revived", 1, StateFixture.PRINCIPAL);
    assertEquals(Phase.CONFIRMED, revived.phase());
    ClientRecord here = fixture.client("here");
    assertEquals(Nfs4Status.DQUOT, fixture.open(here, "owner", "d", StateFixture.BOTH, 0).status());
    assertEquals(Phase.CONFIRMED, revived.phase());
  }
}
