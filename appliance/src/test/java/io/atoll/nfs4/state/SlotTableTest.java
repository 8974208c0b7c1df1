package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.PRINCIPAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.FairShares;
import org.junit.jupiter.api.Test;

/** Slot tables grow with demand and shrink for want of memory (RFC 8881 §2.10.6.1). */
class SlotTableTest {
  private static final int WANTED = 64;
  private static final int REPLY_BYTES = 4096;
  private static final long CAPACITY_BYTES = 1000L * StateFixture.SLOT_BYTES;

  private final ReplyCacheBudget budget =
      new ReplyCacheBudget(new FairShares(CAPACITY_BYTES).join());
  private final Session session = session(budget);

  private static Session session(ReplyCacheBudget budget) {
    ClientRecord client = new ClientRecord(1, StateFixture.id("client"), 1, PRINCIPAL, 0);
    ChannelAttributes fore = new ChannelAttributes(1 << 20, 1 << 20, REPLY_BYTES, 16, WANTED);
    SessionId id = new SessionId(1, 1);
    BackChannel none = new BackChannel(id, fore.withRequests(0), StateFixture.CALLBACKS);
    return new Session(id, client, fore, budget, none, renewed -> {});
  }

  /** A whole request, with the next sequence of its slot. */
  private void request(int slot, int highestSlot) {
    request(slot, session.slots().get(slot).sequence() + 1, highestSlot);
  }

  private void request(int slot, int sequence, int highestSlot) {
    assertEquals(SequenceVerdict.NEW, judge(slot, sequence, highestSlot));
    session.take(slot, sequence, highestSlot, 0, PRINCIPAL, false).finalise();
  }

  private SequenceVerdict judge(int slot, int sequence, int highestSlot) {
    return session.judge(slot, sequence, highestSlot, 100, 1, 0, PRINCIPAL);
  }

  /** Lowers the target, and lets the client see it. */
  private void shrink() {
    request(0, 0);
    session.slots().lowerTarget();
    request(0, 0);
    request(0, 0);
  }

  @Test
  void allThatWereAskedForAreGivenWhileThereIsMemory() {
    assertEquals(WANTED - 1, session.highestSlotId());
    assertEquals(WANTED - 1, session.targetHighestSlotId());
    assertEquals((long) WANTED * StateFixture.SLOT_BYTES, budget.reservedBytes());
  }

  @Test
  void slotsGoOnlyWhenTheClientHasSeenTheTarget() {
    request(0, 0);
    session.slots().lowerTarget();
    assertEquals(31, session.targetHighestSlotId());
    request(0, 0);
    assertEquals(63, session.highestSlotId(), "its reply tells of the target for the first time");
    request(1, 1);
    assertEquals(63, session.highestSlotId(), "nothing says that the client has seen it");
    request(0, 0);
    assertEquals(31, session.highestSlotId(), "a further request in that slot does");
    assertEquals(32L * StateFixture.SLOT_BYTES, budget.reservedBytes());
    assertEquals(SequenceVerdict.BAD_SLOT, judge(32, 1, 0));
    assertEquals(SequenceVerdict.BAD_HIGH_SLOT, judge(0, 4, 32));
  }

  @Test
  void slotsStayWhileTheClientHasRequestsBeyondTheTarget() {
    request(0, 0);
    session.slots().lowerTarget();
    request(0, 40);
    request(0, 40);
    assertEquals(63, session.highestSlotId());
    request(0, 31);
    assertEquals(31, session.highestSlotId());
  }

  @Test
  void whatIsInUseIsNotAskedBack() {
    request(50, 50);
    session.slots().lowerTarget();
    assertEquals(50, session.targetHighestSlotId());
    session.slots().lowerTarget();
    session.slots().lowerTarget();
    session.slots().lowerTarget();
    assertEquals(SlotTable.MIN_TARGET - 1, session.targetHighestSlotId());
  }

  @Test
  void clientThatUsesItsHighestSlotGetsTwiceAsMany() {
    shrink();
    assertEquals(31, session.highestSlotId());
    request(30, 30);
    assertEquals(31, session.highestSlotId());
    request(31, 31);
    assertEquals(63, session.highestSlotId());
    assertEquals(63, session.targetHighestSlotId());
    request(63, 63);
    assertEquals(63, session.highestSlotId(), "never more than it asked for");
  }

  @Test
  void slotThatComesBackTakesBothSequencesThatAClientMayHave() {
    request(40, 40);
    request(40, 40);
    session.slots().lowerTarget();
    session.slots().lowerTarget();
    request(0, 0);
    request(0, 0);
    assertEquals(19, session.highestSlotId());
    request(19, 19);
    request(39, 39);
    assertEquals(63, session.highestSlotId());
    assertEquals(SequenceVerdict.NEW, judge(40, 1, 40), "it has forgotten the slot");
    assertEquals(SequenceVerdict.NEW, judge(40, 3, 40), "it has not");
    assertEquals(SequenceVerdict.MISORDERED, judge(40, 2, 40), "whose reply is gone");
    request(40, 1, 40);
    assertEquals(SequenceVerdict.NEW, judge(40, 2, 40));
    assertEquals(SequenceVerdict.MISORDERED, judge(40, 3, 40));
  }

  @Test
  void newSessionThatGetsTooFewAsksOthersForTheirs() {
    StateFixture server = new StateFixture();
    server.restart(
        StateFixture.LIMITS,
        new SessionLimits(3, WANTED, 16, 1 << 20, 1 << 20, 4096, 80L * StateFixture.SLOT_BYTES));
    ChannelAttributes wide = new ChannelAttributes(1 << 20, 1 << 20, 4096, 16, WANTED);
    long first = server.exchange("first", 1, PRINCIPAL).clientId();
    Session greedy =
        server.state.session(server.createSession(first, 1, PRINCIPAL, wide).sessionId());
    assertEquals(9, greedy.targetHighestSlotId(), "an eighth of the memory");
    long second = server.exchange("second", 1, PRINCIPAL).clientId();
    CreateSession.Result late = server.createSession(second, 1, PRINCIPAL, wide);
    assertTrue(late.fore().maxRequests() < WANTED);
    assertEquals(SlotTable.MIN_TARGET - 1, greedy.targetHighestSlotId());
  }

  @Test
  void sessionGivesBackAllThatItHas() {
    shrink();
    request(31, 31);
    session.slots().release();
    assertEquals(0, budget.reservedBytes());
  }
}
