package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.CHANNEL;
import static io.atoll.nfs4.state.StateFixture.PRINCIPAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.FairShares;
import io.atoll.nfs4.wire.Nfs4Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** CREATE_SESSION and its own slot (RFC 8881 §18.36), and the slots of a session (§2.10.6). */
class SessionTest {
  private static final long DIGEST = 99;

  private final StateFixture server = tightServer();
  private final Session session = server.mount("client", 1);

  private static StateFixture tightServer() {
    StateFixture server = new StateFixture();
    server.restart(StateFixture.LIMITS, StateFixture.TIGHT_LIMITS);
    return server;
  }

  private SequenceVerdict judge(int slot, int sequence) {
    return session.judge(slot, sequence, slot, 100, 2, DIGEST, PRINCIPAL);
  }

  private SlotHandle take(int slot, boolean cache) {
    int sequence = session.slots().get(slot).sequence() + 1;
    return session.take(slot, sequence, slot, DIGEST, PRINCIPAL, cache);
  }

  // --- CREATE_SESSION ---

  @Test
  void createSessionBeforeAnyIsMisordered() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    int seeded = exchanged.sequence() - 1;
    assertEquals(
        Nfs4Status.SEQ_MISORDERED, server.createSession(exchanged.clientId(), seeded).status());
    assertEquals(
        Nfs4Status.SEQ_MISORDERED,
        server.createSession(exchanged.clientId(), exchanged.sequence() + 1).status());
  }

  @Test
  void backChannelThatNoCallbackFitsIsTooSmall() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    ChannelAttributes[] useless = {
      new ChannelAttributes(10, 4096, 0, 2, 1),
      new ChannelAttributes(4096, 10, 0, 2, 1),
      new ChannelAttributes(4096, 4096, 0, 1, 1)
    };
    for (ChannelAttributes back : useless) {
      CreateSession.Result refused =
          server.createSession(exchanged.clientId(), 1, PRINCIPAL, CHANNEL, back);
      assertEquals(Nfs4Status.TOOSMALL, refused.status(), back.toString());
    }
    assertEquals(Nfs4Status.OK, server.createSession(exchanged.clientId(), 1).status());
  }

  @Test
  void backChannelHasFewSlotsAndNoCache() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    ChannelAttributes linux = new ChannelAttributes(4096, 4096, 0, 2, 16);
    assertEquals(
        linux.withRequests(BackChannel.MAX_SLOTS),
        server.createSession(exchanged.clientId(), 1, PRINCIPAL, CHANNEL, linux).back());
    ChannelAttributes none = new ChannelAttributes(4096, 4096, 100, 2, 0);
    assertEquals(
        new ChannelAttributes(4096, 4096, 0, 2, 0),
        server.createSession(exchanged.clientId(), 2, PRINCIPAL, CHANNEL, none).back());
  }

  @Test
  void foreChannelWithoutSlotsIsTooSmall() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    CreateSession.Result refused =
        server.createSession(exchanged.clientId(), 1, PRINCIPAL, CHANNEL.withRequests(0));
    assertEquals(Nfs4Status.TOOSMALL, refused.status());
  }

  @Test
  void createSessionRetryGetsTheSameSession() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    CreateSession.Result first = server.createSession(exchanged.clientId(), 1);
    assertSame(first, server.createSession(exchanged.clientId(), 1));
    assertEquals(2, server.state.counts().sessions());
    assertNotEquals(first.sessionId(), server.createSession(exchanged.clientId(), 2).sessionId());
  }

  @Test
  void createSessionFailureIsCachedToo() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    int bound = StateFixture.TIGHT_LIMITS.maxSessionsPerClient();
    CreateSession.Result last = null;
    for (int sequence = 1; sequence <= bound; sequence++) {
      last = server.createSession(exchanged.clientId(), sequence);
    }
    CreateSession.Result refused = server.createSession(exchanged.clientId(), bound + 1);
    assertEquals(Nfs4Status.NOSPC, refused.status());
    server.state.destroySession(last.sessionId(), 0);
    assertSame(refused, server.createSession(exchanged.clientId(), bound + 1));
    assertEquals(Nfs4Status.OK, server.createSession(exchanged.clientId(), bound + 2).status());
  }

  @Test
  void channelsThatAreTooSmallUseUpNoSequence() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    ChannelAttributes tiny = new ChannelAttributes(10, 10, 10, 16, 8);
    CreateSession.Result refused = server.createSession(exchanged.clientId(), 1, PRINCIPAL, tiny);
    assertEquals(Nfs4Status.TOOSMALL, refused.status());
    assertEquals(Nfs4Status.OK, server.createSession(exchanged.clientId(), 1).status());
  }

  @Test
  void channelIsNegotiatedDownNeverUp() {
    ExchangeId.Result exchanged = server.exchange("b", 1, PRINCIPAL);
    ChannelAttributes greedy = new ChannelAttributes(-1, -1, 1 << 20, -1, -1);
    ChannelAttributes fore =
        server.createSession(exchanged.clientId(), 1, PRINCIPAL, greedy).fore();
    assertEquals(1 << 20, fore.maxRequestBytes());
    assertEquals(1 << 20, fore.maxResponseBytes());
    assertEquals(4096, fore.maxCachedResponseBytes());
    assertEquals(16, fore.maxOperations());
    assertEquals(7, fore.maxRequests(), "an eighth of the 58 that were left");

    ChannelAttributes modest = new ChannelAttributes(1000, 2000, 0, 3, 1);
    assertEquals(modest, server.createSession(exchanged.clientId(), 2, PRINCIPAL, modest).fore());
  }

  @Test
  void replyCacheIsSharedAndBounded() {
    ReplyCacheBudget budget =
        new ReplyCacheBudget(new FairShares(66L * StateFixture.SLOT_BYTES).join());
    int granted = 0;
    int sessions = 0;
    int last = 8;
    for (int slots = budget.reserve(8, 4096); slots > 0; slots = budget.reserve(8, 4096)) {
      assertTrue(slots <= last, "later ones get no more");
      last = slots;
      granted += slots;
      sessions++;
    }
    assertEquals(66, granted, "all of it is given out");
    assertTrue(sessions > 20, "and not to a few");
    assertEquals(66L * StateFixture.SLOT_BYTES, budget.reservedBytes());
    budget.release(1, 4096);
    assertEquals(1, budget.reserve(8, 4096));
  }

  @Test
  void sessionThatHasNoRoomEndsACourtesyAndElseIsRefused() {
    SessionLimits single = new SessionLimits(3, 8, 16, 1 << 20, 1 << 20, 4096, 2 * 4500);
    server.restart(StateFixture.LIMITS, single);
    server.mount("a", 1);
    server.mount("b", 1);
    ExchangeId.Result late = server.exchange("c", 1, PRINCIPAL);
    assertEquals(Nfs4Status.NOSPC, server.createSession(late.clientId(), 1).status());
    server.advanceSeconds(StateFixture.LEASE_SECONDS + 1);
    assertEquals(Nfs4Status.OK, server.createSession(late.clientId(), 2).status());
    assertEquals(2, server.state.counts().sessions());
  }

  @Test
  void sessionsOfAClientAreBounded() {
    long clientId = session.client().clientId();
    ChannelAttributes uncached = new ChannelAttributes(1000, 1000, 0, 8, 1);
    server.createSession(clientId, 2, PRINCIPAL, uncached);
    server.createSession(clientId, 3, PRINCIPAL, uncached);
    assertEquals(Nfs4Status.NOSPC, server.createSession(clientId, 4, PRINCIPAL, uncached).status());
  }

  @Test
  void busySessionIsNotDestroyed() {
    SlotHandle running = take(0, true);
    assertEquals(Nfs4Status.DELAY, server.state.destroySession(session.id(), 0));
    assertEquals(Nfs4Status.OK, server.state.destroySession(session.id(), 1));
    assertNull(server.state.session(session.id()));
    running.finalise();
    assertEquals(Nfs4Status.BADSESSION, server.state.destroySession(session.id(), 0));
  }

  // --- SEQUENCE ---

  @Test
  void firstRequestHasSequenceOne() {
    assertEquals(SequenceVerdict.MISORDERED, judge(0, 0));
    assertEquals(SequenceVerdict.MISORDERED, judge(0, 2));
    assertEquals(SequenceVerdict.NEW, judge(0, 1));
  }

  @Test
  void retryWhileRunningIsDelayed() {
    SlotHandle running = take(0, true);
    assertEquals(SequenceVerdict.STILL_RUNNING, judge(0, 1));
    assertEquals(Nfs4Status.DELAY, SequenceVerdict.STILL_RUNNING.status());
    assertEquals(SequenceVerdict.MISORDERED, judge(0, 2), "one at a time");
    running.captureReply(Unpooled.wrappedBuffer(new byte[] {1}));
    assertEquals(SequenceVerdict.STILL_RUNNING, judge(0, 1), "captured is not yet given back");
    running.finalise();
    assertEquals(SequenceVerdict.REPLAY, judge(0, 1));
  }

  @Test
  void replayIsTheVeryBytes() {
    SlotHandle slot = take(0, true);
    ByteBuf reply = Unpooled.wrappedBuffer(new byte[] {9, 1, 2, 3, 9}).slice(1, 3);
    slot.captureReply(reply);
    slot.finalise();
    assertEquals(3, reply.readableBytes(), "capturing leaves the reply to be sent");
    assertEquals(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}), session.cachedReply(0));
    assertEquals(SequenceVerdict.REPLAY, judge(0, 1));
    assertEquals(SequenceVerdict.NEW, judge(0, 2));
  }

  @Test
  void shorterReplyAfterLongerOneIsReplayedAlone() {
    SlotHandle slot = take(0, true);
    slot.captureReply(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4}));
    slot.finalise();
    slot = take(0, true);
    slot.captureReply(Unpooled.wrappedBuffer(new byte[] {5}));
    slot.finalise();
    assertEquals(Unpooled.wrappedBuffer(new byte[] {5}), session.cachedReply(0));
  }

  @Test
  void retryOfUncachedIsSaidSo() {
    take(0, false).finalise();
    assertEquals(SequenceVerdict.UNCACHED, judge(0, 1));
    assertEquals(Nfs4Status.RETRY_UNCACHED_REP, SequenceVerdict.UNCACHED.status());
  }

  @Test
  void uncachedAfterCachedDoesNotReplayTheOldReply() {
    SlotHandle slot = take(0, true);
    slot.captureReply(Unpooled.wrappedBuffer(new byte[] {1}));
    slot.finalise();
    take(0, false).finalise();
    assertEquals(SequenceVerdict.UNCACHED, judge(0, 2));
  }

  @Test
  void otherRequestOrPrincipalUnderAnOldSequenceIsAFalseRetry() {
    SlotHandle slot = take(0, true);
    slot.captureReply(Unpooled.wrappedBuffer(new byte[] {1}));
    slot.finalise();
    assertEquals(
        SequenceVerdict.FALSE_RETRY, session.judge(0, 1, 0, 100, 2, DIGEST + 1, PRINCIPAL));
    assertEquals(
        SequenceVerdict.FALSE_RETRY, session.judge(0, 1, 0, 100, 2, DIGEST, PRINCIPAL + 1));
    assertEquals(SequenceVerdict.REPLAY, judge(0, 1), "judging changes nothing");
  }

  @Test
  void gapsAndThePastAreMisordered() {
    take(0, false).finalise();
    take(0, false).finalise();
    assertEquals(SequenceVerdict.MISORDERED, judge(0, 1));
    assertEquals(SequenceVerdict.MISORDERED, judge(0, 4));
    assertEquals(SequenceVerdict.NEW, judge(0, 3));
  }

  @Test
  void slotsAreIndependent() {
    take(0, false);
    assertEquals(SequenceVerdict.NEW, judge(1, 1));
  }

  @Test
  void sequenceWrapsToZero() {
    Slot slot = new Slot(session, 0);
    for (int i = 1; i <= 3; i++) {
      slot.take(i, DIGEST, PRINCIPAL, false);
      slot.finalise();
    }
    assertEquals(SequenceVerdict.UNCACHED, slot.judge(3, DIGEST, PRINCIPAL));
    slot.take(-1, DIGEST, PRINCIPAL, false);
    slot.finalise();
    assertEquals(SequenceVerdict.NEW, slot.judge(0, DIGEST, PRINCIPAL));
  }

  @Test
  void badSlotsAndSizesAreFoundBeforeTheSlotMoves() {
    int slots = session.highestSlotId() + 1;
    assertEquals(SequenceVerdict.BAD_SLOT, judge(slots, 1));
    assertEquals(SequenceVerdict.BAD_SLOT, judge(-1, 1));
    assertEquals(
        SequenceVerdict.BAD_HIGH_SLOT, session.judge(0, 1, slots, 100, 2, DIGEST, PRINCIPAL));
    assertEquals(
        SequenceVerdict.REQUEST_TOO_BIG,
        session.judge(0, 1, 0, CHANNEL.maxRequestBytes() + 1, 2, DIGEST, PRINCIPAL));
    assertEquals(
        SequenceVerdict.TOO_MANY_OPERATIONS,
        session.judge(0, 1, 0, 100, CHANNEL.maxOperations() + 1, DIGEST, PRINCIPAL));
    assertEquals(SequenceVerdict.NEW, judge(0, 1));
  }

  @Test
  void failedSequenceDoesNotRenewTheLease() {
    long before = session.client().renewedAtNanos();
    server.advanceSeconds(1);
    judge(0, 5);
    assertEquals(before, session.client().renewedAtNanos());
    take(0, false).finalise();
    assertNotEquals(before, session.client().renewedAtNanos());
  }

  @Test
  void slotIsGivenBackOnce() {
    SlotHandle slot = take(0, false);
    slot.finalise();
    assertThrows(IllegalStateException.class, slot::finalise);
  }

  @Test
  void replyOverTheBoundIsABug() {
    SlotHandle slot = take(0, true);
    ByteBuf tooLong = Unpooled.buffer(5000).writeZero(5000);
    assertThrows(IllegalArgumentException.class, () -> slot.captureReply(tooLong));
  }
}
