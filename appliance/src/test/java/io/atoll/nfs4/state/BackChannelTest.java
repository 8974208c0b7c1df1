package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session's back channel: paths, slots, and what is told of it (RFC 8881 §2.10.6, §18.46.3). */
class BackChannelTest {
  private static final int OPERATION = 99;

  private final StateFixture server = new StateFixture();
  private final Session session = server.mount("client", 1);
  private final BackChannel channel = session.backChannel();
  private final FakePath path = new FakePath();
  private final List<Boolean> ended = new ArrayList<>();

  private void bindAndProve(FakePath bound) {
    assertTrue(channel.bind(bound));
    channel.probe();
    bound.answerNull();
  }

  private void call() {
    channel.call(4, writer -> writer.int32(OPERATION), ended::add);
  }

  private int flags() {
    return StatusFlags.of(session);
  }

  @Test
  void pathCountsWhenTheClientHasAnsweredOverIt() {
    assertTrue(channel.bind(path));
    assertEquals(0, path.calls.size(), "the client may not know yet that it is bound");
    channel.probe();
    channel.probe();
    assertEquals(1, path.calls.size());
    assertFalse(channel.isUp());
    assertEquals(0, flags(), "nobody knows yet");
    path.answerNull();
    assertTrue(channel.isUp());
    assertEquals(0, flags());
  }

  @Test
  void clientThatNeverWantedCallbacksIsToldNothing() {
    assertEquals(0, flags());
  }

  @Test
  void clientWithoutAnAnswerIsToldThatItsPathIsDown() {
    channel.bind(path);
    channel.probe();
    path.end(CallbackPath.End.REFUSED);
    assertEquals(0x201, flags());
    channel.bind(path);
    assertEquals(0, flags());
    channel.probe();
    path.answerNull();
    assertTrue(channel.isUp());
  }

  @Test
  void lostConnectionIsToldUntilAnotherIsBound() {
    bindAndProve(path);
    path.close();
    assertEquals(0x201, flags());
    bindAndProve(new FakePath());
    assertEquals(0, flags());
  }

  @Test
  void sessionAloneIsDownIfAnotherOfTheClientIsUp() {
    CreateSession.Result made = server.createSession(session.client().clientId(), 2);
    Session other = server.state.session(made.sessionId());
    bindAndProve(path);
    FakePath otherPath = new FakePath();
    other.backChannel().bind(otherPath);
    other.backChannel().probe();
    otherPath.answerNull();
    path.close();
    assertEquals(0x200, flags());
    assertEquals(0, StatusFlags.of(other));
    otherPath.close();
    assertEquals(0x201, flags());
    assertEquals(0x201, StatusFlags.of(other));
  }

  @Test
  void slotHasOneCallbackAtATime() {
    bindAndProve(path);
    for (int i = 0; i < BackChannel.MAX_SLOTS + 1; i++) {
      call();
    }
    assertEquals(BackChannel.MAX_SLOTS, path.calls.size());
    for (int slot = 0; slot < BackChannel.MAX_SLOTS; slot++) {
      assertEquals(slot, path.calls.get(slot).slot());
      assertEquals(1, path.calls.get(slot).sequence());
      assertEquals(OPERATION, path.calls.get(slot).operation());
    }
    path.answer(0, 0);
    assertEquals(List.of(true), ended);
    FakePath.Call next = path.calls.getLast();
    assertEquals(0, next.slot());
    assertEquals(2, next.sequence());
  }

  @Test
  void callbackOfALostConnectionIsSentAgainUnderItsSequence() {
    bindAndProve(path);
    call();
    path.close();
    assertEquals(List.of(), ended);
    FakePath second = new FakePath();
    bindAndProve(second);
    assertEquals(1, second.calls.getFirst().sequence());
    second.answer(Nfs4Status.RETRY_UNCACHED_REP.code(), 0);
    assertEquals(List.of(true), ended, "it had been executed");
    call();
    assertEquals(2, second.calls.getFirst().sequence());
  }

  @Test
  void failedOperationUsesUpItsSequenceAndIsTold() {
    bindAndProve(path);
    call();
    path.answer(0, Nfs4Status.BADHANDLE.code());
    assertEquals(List.of(false), ended);
    call();
    assertEquals(2, path.calls.getFirst().sequence());
  }

  @Test
  void delayedSequenceIsNotUsedUp() {
    bindAndProve(path);
    call();
    path.answer(Nfs4Status.DELAY.code(), 0);
    assertEquals(List.of(false), ended);
    call();
    assertEquals(1, path.calls.getFirst().sequence());
  }

  @Test
  void slotsOutOfStepAreAFault() {
    bindAndProve(path);
    call();
    call();
    path.answer(Nfs4Status.SEQ_MISORDERED.code(), 0);
    assertEquals(List.of(false, false), ended);
    assertEquals(0x400, flags());
    assertFalse(channel.isUp());
    call();
    assertEquals(List.of(false, false, false), ended);
  }

  @Test
  void callbacksThatWaitAreBounded() {
    channel.bind(path);
    for (int i = 0; i < BackChannel.MAX_WAITING; i++) {
      call();
    }
    assertEquals(List.of(), ended);
    call();
    assertEquals(List.of(false), ended);
  }

  @Test
  void callbackThatTheClientHasNoRoomForIsNotMade() {
    bindAndProve(path);
    channel.call(StateFixture.CHANNEL.maxRequestBytes(), writer -> {}, ended::add);
    assertEquals(List.of(false), ended);
    assertEquals(List.of(), path.calls);
  }

  @Test
  void pathsAreBoundedAndTheOldestGives() {
    for (int i = 0; i < BackChannel.MAX_PATHS; i++) {
      channel.bind(new FakePath());
    }
    bindAndProve(path);
    path.close();
    assertEquals(0, flags(), "the others have not been tried to their end");
  }

  @Test
  void sessionThatEndsGivesItsCallbacksUp() {
    bindAndProve(path);
    call();
    server.state.destroySession(session.id(), 0);
    assertEquals(List.of(false), ended);
  }

  @Test
  void sessionWithoutSlotsOrCredentialHasNoBackChannel() {
    ChannelAttributes none = StateFixture.CHANNEL.withRequests(0);
    long clientId = session.client().clientId();
    CreateSession.Result made =
        server.createSession(clientId, 2, StateFixture.PRINCIPAL, StateFixture.CHANNEL, none);
    assertFalse(made.backChannel());
    BackChannel slotless = server.state.session(made.sessionId()).backChannel();
    assertFalse(slotless.bind(path));
    CallbackProgram secret =
        new CallbackProgram(1, CallbackProgram.NO_FLAVOR, StateFixture.CALLBACKS.credential());
    assertFalse(new BackChannel(session.id(), StateFixture.CHANNEL, secret).bind(path));
  }
}
