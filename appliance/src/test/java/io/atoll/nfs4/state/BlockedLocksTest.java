package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.LEASE_SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Blocking locks are fair, bounded and forgotten (RFC 8881 §9.6), and told of (§20.11). */
class BlockedLocksTest {
  private static final String FILE = "file";
  private static final long VIEW = 7;
  private static final Nfs4Status OK = Nfs4Status.OK;
  private static final Nfs4Status DENIED = Nfs4Status.DENIED;

  private final StateFixture server = new StateFixture();
  private final Map<ClientRecord, Stateid> opens = new HashMap<>();
  private final ClientRecord alice = opened("alice");
  private final ClientRecord bob = opened("bob");
  private final ClientRecord carol = opened("carol");
  private final List<String> told = new ArrayList<>();
  private final List<Consumer<Boolean>> answers = new ArrayList<>();

  private ClientRecord opened(String name) {
    ClientRecord client = server.client(name);
    opens.put(client, server.opened(client, FILE));
    return client;
  }

  private Nfs4Status waitFor(ClientRecord client, String owner, Mode mode, long a, long b) {
    return ask(client, owner, mode, a, b, true).status();
  }

  private Nfs4Status waitFor(ClientRecord client, long a, long b) {
    return waitFor(client, "l", Mode.EXCLUSIVE, a, b);
  }

  private Nfs4Status tryFor(ClientRecord client, long a, long b) {
    return ask(client, "l", Mode.EXCLUSIVE, a, b, false).status();
  }

  private Locks.Outcome ask(
      ClientRecord client, String owner, Mode mode, long a, long b, boolean blocking) {
    return server
        .state
        .locks()
        .lock(
            client,
            FILE,
            opens.get(client),
            StateFixture.id(owner),
            new Locks.Request(mode, false, a, b, blocking, VIEW));
  }

  private Stateid held(ClientRecord client, long a, long b) {
    return server.locked(client, FILE, opens.get(client), "l", a, b);
  }

  private void unlock(ClientRecord client, Stateid stateid) {
    assertEquals(
        OK, server.state.locks().unlock(client, FILE, stateid.withSeqid(0), 0, -1L).status());
    server.advanceSeconds(0);
  }

  private void renewAll() {
    for (ClientRecord client : List.of(alice, bob, carol)) {
      client.renew(server.loop.monotonicNanos());
    }
  }

  private void advanceSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      server.advanceSeconds(1);
      renewAll();
    }
  }

  /** Gives each client a way back, and notes who is told. */
  private void takeCallbacks() {
    for (ClientRecord client : List.of(alice, bob, carol)) {
      FakePath path = new FakePath();
      BackChannel channel = client.sessions().getFirst().backChannel();
      channel.bind(path);
      channel.probe();
      path.answerNull();
    }
    server.state.notifyLocksBy((channel, clientId, file, view, owner, answer) -> {
      assertEquals(VIEW, view);
      told.add(nameOf(clientId) + " " + file);
      answers.add(answer);
    });
  }

  private String nameOf(long clientId) {
    return clientId == alice.clientId() ? "alice" : clientId == bob.clientId() ? "bob" : "carol";
  }

  @Test
  void whoCameFirstIsNotOvertaken() {
    Stateid held = held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, 0, 9));
    assertEquals(DENIED, waitFor(carol, 5, 5));
    unlock(alice, held);
    Locks.Outcome later = ask(carol, "l", Mode.EXCLUSIVE, 5, 5, true);
    assertEquals(DENIED, later.status());
    assertEquals(bob, later.conflict().owner().client(), "told whose turn it is");
    assertEquals(DENIED, tryFor(carol, 5, 5), "nor by who does not wait");
    assertEquals(OK, waitFor(bob, 0, 9));
  }

  @Test
  void whatNobodyElseWaitsForIsFree() {
    held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, 0, 9));
    assertEquals(OK, tryFor(carol, 10, 19));
  }

  @Test
  void readersDoNotOvertakeAWriter() {
    assertEquals(OK, waitFor(alice, "l", Mode.SHARED, 0, 9));
    assertEquals(DENIED, waitFor(bob, 0, 9));
    assertEquals(DENIED, waitFor(carol, "l", Mode.SHARED, 0, 9));
  }

  @Test
  void readersThatWaitDoNotKeepEachOtherWaiting() {
    Stateid held = held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, "l", Mode.SHARED, 0, 9));
    assertEquals(DENIED, waitFor(carol, "l", Mode.SHARED, 0, 9));
    unlock(alice, held);
    assertEquals(OK, waitFor(carol, "l", Mode.SHARED, 0, 9));
    assertEquals(OK, waitFor(bob, "l", Mode.SHARED, 0, 9));
  }

  @Test
  void whoHoldsALockIsLetPastAWaiterThatCannotHaveItsOwn() {
    held(alice, 0, 9);
    held(carol, 100, 109);
    assertEquals(DENIED, waitFor(bob, 0, 50));
    assertEquals(OK, waitFor(carol, 50, 50), "or alice might wait for carol, who waits for bob");
    assertEquals(OK, waitFor(alice, 10, 19), "or alice and bob would wait for each other");
  }

  @Test
  void whoDoesNotAskAgainWithinALeaseIsForgotten() {
    Stateid held = held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, 0, 9));
    unlock(alice, held);
    advanceSeconds(LEASE_SECONDS - 1);
    assertEquals(DENIED, tryFor(carol, 0, 9));
    advanceSeconds(2);
    assertEquals(0, server.state.blockedLocks());
    assertEquals(OK, tryFor(carol, 0, 9));
  }

  @Test
  void whoAsksAgainKeepsItsPlace() {
    Stateid held = held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, 0, 9));
    assertEquals(DENIED, waitFor(carol, 0, 9));
    for (int i = 0; i < 3; i++) {
      advanceSeconds(LEASE_SECONDS / 2);
      assertEquals(DENIED, waitFor(bob, 0, 9));
      assertEquals(DENIED, waitFor(carol, 0, 9));
    }
    assertEquals(2, server.state.blockedLocks());
    unlock(alice, held);
    assertEquals(DENIED, waitFor(carol, 0, 9));
    assertEquals(OK, waitFor(bob, 0, 9));
    assertEquals(1, server.state.blockedLocks());
  }

  @Test
  void whoClosesTheFileOrDiesWaitsNoMore() {
    Stateid held = held(alice, 0, 9);
    assertEquals(DENIED, waitFor(bob, 0, 9));
    assertEquals(DENIED, waitFor(carol, 0, 9));
    server.state.opens().close(bob, FILE, opens.get(bob));
    assertEquals(1, server.state.blockedLocks());
    unlock(alice, held);
    assertEquals(OK, waitFor(carol, 0, 9));
    assertEquals(0, server.state.blockedLocks());
  }

  @Test
  void waitersOfAFileAreBounded() {
    long before = server.state.counts().stateBytes();
    Stateid held = held(alice, 0, 9);
    long locked = server.state.counts().stateBytes();
    for (int i = 0; i < BlockedLocks.MAX_PER_FILE + 1; i++) {
      assertEquals(DENIED, waitFor(bob, "l" + i, Mode.EXCLUSIVE, 0, 9));
    }
    assertEquals(BlockedLocks.MAX_PER_FILE, server.state.blockedLocks());
    advanceSeconds(LEASE_SECONDS + 1);
    assertEquals(locked, server.state.counts().stateBytes());
    server.state.opens().close(alice, FILE, opens.get(alice));
    assertEquals(Nfs4Status.BAD_STATEID, server.state.testStateid(alice, held));
    assertEquals(before - openBytes(), server.state.counts().stateBytes());
  }

  private static long openBytes() {
    return StateBudget.openBytes(StateFixture.id("owner"));
  }

  // --- callbacks ---

  @Test
  void whoeverMayHaveItsLockIsToldOnce() {
    takeCallbacks();
    Stateid held = held(alice, 0, 9);
    waitFor(bob, 0, 9);
    waitFor(carol, 0, 9);
    assertEquals(List.of(), told);
    unlock(alice, held);
    assertEquals(List.of("bob file"), told);
    answers.getFirst().accept(true);
    assertEquals(OK, waitFor(bob, 0, 9));
    advanceSeconds(1);
    assertEquals(List.of("bob file"), told);
  }

  @Test
  void partsThatAreDowngradedAreToldOf() {
    takeCallbacks();
    held(alice, 0, 9);
    waitFor(bob, "l", Mode.SHARED, 0, 9);
    assertEquals(OK, ask(alice, "l", Mode.SHARED, 0, 9, false).status());
    server.advanceSeconds(0);
    assertEquals(List.of("bob file"), told);
  }

  @Test
  void turnOfWhoDoesNotComeIsTheNextOnes() {
    takeCallbacks();
    Stateid held = held(alice, 0, 9);
    waitFor(bob, 0, 9);
    waitFor(carol, 0, 9);
    unlock(alice, held);
    answers.getFirst().accept(true);
    advanceSeconds(4);
    assertEquals(DENIED, tryFor(carol, 0, 9));
    assertEquals(List.of("bob file"), told);
    advanceSeconds(3);
    assertEquals(List.of("bob file", "carol file"), told);
    assertEquals(OK, waitFor(carol, 0, 9));
  }

  @Test
  void whoIsDeniedAgainIsToldAgain() {
    takeCallbacks();
    Stateid held = held(alice, 0, 9);
    waitFor(bob, 0, 9);
    unlock(alice, held);
    answers.getFirst().accept(true);
    assertEquals(OK, waitFor(bob, 0, 9));
    assertEquals(DENIED, waitFor(alice, 0, 9));
    Stateid bobs = ask(bob, "l", Mode.EXCLUSIVE, 0, 9, false).stateid();
    unlock(bob, bobs);
    assertEquals(List.of("bob file", "alice file"), told);
  }

  @Test
  void whoTakesNoCallbacksIsNotTold() {
    server.state.notifyLocksBy((channel, clientId, file, view, owner, answer) -> told.add("wrong"));
    Stateid held = held(alice, 0, 9);
    waitFor(bob, 0, 9);
    unlock(alice, held);
    assertEquals(List.of(), told);
    assertEquals(OK, waitFor(bob, 0, 9));
  }
}
