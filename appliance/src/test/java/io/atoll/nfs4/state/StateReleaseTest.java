package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.BOTH;
import static io.atoll.nfs4.state.StateFixture.READ;
import static io.atoll.nfs4.state.StateFixture.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a client that has more than one turn of the loop takes away, and bounds in bytes. */
class StateReleaseTest {
  private static final int OPENS = 3 * StateRelease.STATES_PER_TURN;
  private static final int MAX_STATE_BYTES = 1 << 20;
  private static final StateLimits LIMITS =
      new StateLimits(8, 4, 10_000, OPENS, 10_000, 10_000, 100, MAX_STATE_BYTES, MAX_STATE_BYTES);

  private final StateFixture server = new StateFixture();
  private ClientRecord leaver;
  private ClientRecord other;
  private Stateid last;

  @BeforeEach
  void openMany() {
    server.restart(LIMITS, StateFixture.SESSION_LIMITS);
    leaver = server.client("leaver");
    other = server.client("other");
    for (int i = 0; i < OPENS; i++) {
      last = server.open(leaver, "o", "file" + i, BOTH, WRITE).stateid();
    }
    server.locked(leaver, lastFile(), last, "l", 0, 9);
  }

  private static String lastFile() {
    return "file" + (OPENS - 1);
  }

  /** The same owner with another verifier: the first one's state is nobody's then. */
  private void leave() {
    server.mount("leaver", 2);
    assertEquals(ClientRecord.Phase.DISCARDED, leaver.phase());
  }

  @Test
  void oneTurnTakesABoundedPartAway() {
    leave();
    assertEquals(OPENS - StateRelease.STATES_PER_TURN, server.state.counts().opens());
    server.advanceSeconds(1);
    assertEquals(0, server.state.counts().opens());
    assertEquals(0, server.state.counts().stateids());
    assertEquals(0, server.state.locks().rangeCount());
    server.holds.values().forEach(held -> assertEquals(0, held));
  }

  @Test
  void whatIsNotYetTakenAwayIsGoodForNothing() {
    leave();
    assertEquals(Nfs4Status.BAD_STATEID, server.state.checkIo(leaver, lastFile(), last, WRITE));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.testStateid(leaver, last));
  }

  @Test
  void whatIsNotYetTakenAwayIsInNobodysWay() {
    leave();
    Opens.Outcome opened = server.open(other, "o", lastFile(), BOTH, READ);
    assertEquals(Nfs4Status.OK, opened.status());
    server.locked(other, lastFile(), opened.stateid(), "l", 5, 20);
    assertEquals(1, server.holds(lastFile()));
    server.advanceSeconds(1);
    assertEquals(1, server.state.counts().opens());
    assertEquals(1, server.state.locks().rangeCount());
  }

  @Test
  void lockNotYetTakenAwayIsInNobodysWay() {
    leave();
    assertNull(
        server.state.locks().test(other, lastFile(), StateFixture.id("l"), Mode.EXCLUSIVE, 0, 9));
  }

  @Test
  void roomIsMadeOfWhatIsNobodysBeforeACourtesyEnds() {
    ClientRecord sleeper = server.client("sleeper");
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(ClientRecord.Phase.LAPSED, sleeper.phase());
    leave();
    for (int i = 0; i < OPENS; i++) {
      assertEquals(Nfs4Status.OK, server.open(other, "o", "new" + i, READ, 0).status());
    }
    assertTrue(sleeper.isLive());
    assertEquals(OPENS, server.state.counts().opens());
  }

  @Test
  void stateIsBoundedInBytesWhateverTheNames() {
    leave();
    server.advanceSeconds(1);
    int opened = 0;
    while (server.open(other, "x".repeat(1000) + opened, "file", READ, 0).status().isOk()) {
      opened++;
    }
    int each = StateBudget.OPEN_BYTES + 1000;
    assertTrue(opened <= MAX_STATE_BYTES / each, opened + " opens of " + each + " bytes");
    assertTrue(opened > MAX_STATE_BYTES / each * 9 / 10, opened + " opens of " + each + " bytes");
    assertEquals(opened, server.holds("file"));
  }
}
