package io.atoll.rpc;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RPC by the book (RFC 5531): headers, refusals, records, and what a connection may ask for. */
class RpcCallTest {
  private static final RpcLimits LIMITS =
      new RpcLimits(64 * 1024, 4, 64 * 1024, 64 * 1024, 200_000, 0, 256 * 1024, 8, 30, 300, 120);

  private final ManualLoop loop = new ManualLoop();
  private final Echo echo = new Echo();
  private final TestConnection connection =
      new TestConnection(loop, LIMITS, PayloadFinder.NONE, (offset, length) -> null, echo);

  @AfterEach
  void nothingLeaks() {
    while (!echo.held.isEmpty()) {
      echo.answer();
    }
    connection.close();
  }

  /** Answers with its argument, at once or when told to. */
  private static final class Echo implements RpcProgram {
    final ArrayDeque<RpcCall> held = new ArrayDeque<>();
    final List<RpcCredential> credentials = new ArrayList<>();
    boolean hold;
    boolean fail;
    Runnable onCall = () -> {};

    @Override
    public int number() {
      return Calls.NFS;
    }

    @Override
    public int version() {
      return 4;
    }

    @Override
    public int highestProcedure() {
      return 1;
    }

    @Override
    public void call(RpcCall call) {
      credentials.add(call.credential());
      onCall.run();
      if (fail) {
        throw new IllegalStateException("meant to fail");
      }
      call.expectReply(expectedBytes);
      held.add(call);
      if (!hold) {
        answer();
      }
    }

    /** Bytes that every reply is said to have, before it is made. */
    int expectedBytes;

    void answer() {
      RpcCall call = held.poll();
      byte[] argument = call.reader().opaque(64 * 1024);
      if (call.reader().isMalformed()) {
        call.refuse(AcceptStatus.GARBAGE_ARGS);
      } else {
        call.accept().opaque(argument);
        call.send();
      }
    }
  }

  private static byte[] message(int xid, String argument) {
    return Calls.header(xid, Calls.NFS, 4, 1, 5).string(argument).bytes();
  }

  private static byte[] echoed(int xid, String argument) {
    return xdr().i(xid, 1, 0, 0, 0, 0).string(argument).bytes();
  }

  @Test
  void nullProcedureIsAnswered() {
    byte[] reply = connection.call(Calls.header(9, Calls.NFS, 4, 0, 5).bytes());
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 0).bytes(), reply);
  }

  @Test
  void otherProgramsAreUnavailable() {
    byte[] reply = connection.call(Calls.header(9, 400123, 1, 0, 5).bytes());
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 1).bytes(), reply);
  }

  @Test
  void otherVersionsAreToldTheOneThatIs() {
    byte[] reply = connection.call(Calls.header(9, Calls.NFS, 3, 0, 5).bytes());
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 2, 4, 4).bytes(), reply);
  }

  @Test
  void unknownProceduresAreUnavailable() {
    assertArrayEquals(
        xdr().i(9, 1, 0, 0, 0, 3).bytes(),
        connection.call(Calls.header(9, Calls.NFS, 4, 2, 5).bytes()));
    assertArrayEquals(
        xdr().i(9, 1, 0, 0, 0, 3).bytes(),
        connection.call(Calls.header(9, Calls.NFS, 4, -1, 5).bytes()));
  }

  @Test
  void otherRpcVersionsAreDenied() {
    byte[] reply = connection.call(xdr().i(9, 0, 3, Calls.NFS, 4, 0, 0, 0, 0, 0).bytes());
    assertArrayEquals(xdr().i(9, 1, 1, 0, 2, 2).bytes(), reply);
  }

  @Test
  void garbageArgumentsAreToldSo() {
    byte[] reply = connection.call(Calls.header(9, Calls.NFS, 4, 1, 5).i(77).bytes());
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 4).bytes(), reply);
  }

  @Test
  void failingProgramIsASystemErrorAndTheConnectionGoesOn() {
    echo.fail = true;
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 5).bytes(), connection.call(message(9, "a")));
    echo.fail = false;
    assertArrayEquals(echoed(10, "b"), connection.call(message(10, "b")));
  }

  @Test
  void unknownFlavorsAreBadCredentials() {
    byte[] call = xdr().i(9, 0, 2, Calls.NFS, 4, 1, 6).opaque(new byte[8]).i(0, 0).bytes();
    assertArrayEquals(xdr().i(9, 1, 1, 1, 1).bytes(), connection.call(call));
  }

  @Test
  void credentialOfSeventeenGroupsIsBad() {
    byte[] good =
        xdr().i(9, 0, 2, Calls.NFS, 4, 0).raw(Calls.authSys(1, new int[16])).i(0, 0).bytes();
    assertArrayEquals(xdr().i(9, 1, 0, 0, 0, 0).bytes(), connection.call(good));
    byte[] bad =
        xdr().i(9, 0, 2, Calls.NFS, 4, 0).raw(Calls.authSys(1, new int[17])).i(0, 0).bytes();
    assertArrayEquals(xdr().i(9, 1, 1, 1, 1).bytes(), connection.call(bad));
  }

  @Test
  void machineNameOfMoreThan255BytesIsBad() {
    byte[] body = xdr().i(7).opaque(new byte[256]).i(1, 1, 0).bytes();
    byte[] call = xdr().i(9, 0, 2, Calls.NFS, 4, 0, 1).opaque(body).i(0, 0).bytes();
    assertArrayEquals(xdr().i(9, 1, 1, 1, 1).bytes(), connection.call(call));
  }

  @Test
  void verifierMustBeEmptyFlavor() {
    byte[] call = xdr().i(9, 0, 2, Calls.NFS, 4, 0).raw(Calls.authSys(1)).i(1, 0).bytes();
    assertArrayEquals(xdr().i(9, 1, 1, 1, 3).bytes(), connection.call(call));
  }

  @Test
  void sameCredentialIsTheSameObject() {
    connection.call(message(1, "a"));
    connection.call(message(2, "b"));
    assertEquals(5, echo.credentials.get(0).uid());
    assertSame(echo.credentials.get(0), echo.credentials.get(1));
  }

  @Test
  void recordsThatAreNoCallsGetNoReply() {
    connection.receive(Calls.record(xdr().i(9, 1, 0, 0, 0, 0).bytes()));
    connection.receive(Calls.record(new byte[3]));
    assertEquals(0, connection.replies().size());
    assertArrayEquals(echoed(10, "b"), connection.call(message(10, "b")));
  }

  @Test
  void fragmentsOfAnySizeInPiecesOfAnySizeMakeTheSameRecord() {
    byte[] message = message(3, "x".repeat(3000));
    for (int fragment : new int[] {1000, 5, 128, 2048, 10_000}) {
      for (int piece : new int[] {1, 2, 3, 7, 4096, 100_000}) {
        connection.receive(
            xdr()
                .raw(fragment < 128 ? Calls.record(message) : Calls.fragmented(message, fragment))
                .raw(Calls.record(message(4, "y")))
                .bytes(),
            piece);
        List<byte[]> replies = connection.replies();
        assertEquals(2, replies.size());
        assertArrayEquals(echoed(3, "x".repeat(3000)), replies.get(0));
        assertArrayEquals(echoed(4, "y"), replies.get(1));
      }
    }
  }

  @Test
  void recordBeyondItsBoundClosesTheConnection() {
    connection.receive(xdr().i(64 * 1024 + 1 | 1 << 31).bytes());
    assertFalse(connection.isOpen());
  }

  @Test
  void fragmentsThatAddUpBeyondTheBoundCloseTheConnection() {
    connection.receive(xdr().i(60 * 1024).raw(new byte[60 * 1024]).i(5 * 1024).bytes());
    assertFalse(connection.isOpen());
  }

  @Test
  void endlessEmptyFragmentsCloseTheConnection() {
    connection.receive(new byte[4 * (LIMITS.maxFragmentsPerRecord() + 1)]);
    assertFalse(connection.isOpen());
  }

  @Test
  void emptyRecordClosesTheConnection() {
    connection.receive(xdr().i(1 << 31).bytes());
    assertFalse(connection.isOpen());
  }

  @Test
  void noMoreIsReadWhileTooManyCallsAreUnanswered() {
    echo.hold = true;
    byte[] six =
        xdr()
            .raw(Calls.record(message(1, "a")))
            .raw(Calls.record(message(2, "b")))
            .raw(Calls.record(message(3, "c")))
            .raw(Calls.record(message(4, "d")))
            .raw(Calls.record(message(5, "e")))
            .raw(Calls.record(message(6, "f")))
            .bytes();
    connection.receive(six);
    assertEquals(4, echo.held.size());
    assertFalse(connection.isReading());
    echo.answer();
    assertEquals(4, echo.held.size());
    assertFalse(connection.isReading());
    while (!echo.held.isEmpty()) {
      echo.answer();
    }
    assertTrue(connection.isReading());
    assertEquals(6, connection.replies().size());
  }

  @Test
  void readingIsOffUntilAllThatCameBeforeIsCalled() {
    echo.hold = true;
    for (int xid = 1; xid <= LIMITS.maxOutstandingCalls() + 3; xid++) {
      connection.receive(Calls.record(message(xid, "a")));
    }
    List<Boolean> reading = new ArrayList<>();
    echo.onCall = () -> reading.add(connection.isReading());
    echo.hold = false;
    echo.answer();
    assertEquals(List.of(false, false, false), reading);
    assertTrue(connection.isReading());
  }

  @Test
  void noMoreIsReadWhileTooManyBytesAreUnanswered() {
    echo.hold = true;
    connection.receive(Calls.record(message(1, "a".repeat(62 * 1024))));
    assertFalse(connection.isReading());
    echo.answer();
    assertTrue(connection.isReading());
  }

  @Test
  void noMoreIsReadWhileAllConnectionsHoldTooMuch() {
    connection.budget().adjust(200_000);
    connection.receive(Arrays.copyOf(Calls.record(message(1, "a")), 10));
    assertFalse(connection.isReading());
    connection.budget().adjust(-200_000);
    connection.budget().resumeWaiters();
    assertTrue(connection.isReading());
  }

  @Test
  void recordThatHasBegunIsReceivedWhateverOthersHold() {
    byte[] record = Calls.record(message(1, "a".repeat(50_000)));
    connection.receive(Arrays.copyOf(record, 10));
    assertTrue(connection.budget().usedBytes() >= record.length - 4, "only what came is reserved");
    connection.budget().adjust(200_000);
    connection.receive(Arrays.copyOfRange(record, 10, record.length));
    assertArrayEquals(echoed(1, "a".repeat(50_000)), connection.replies().get(0));
    connection.budget().adjust(-200_000);
  }

  @Test
  void slowRecordClosesItsConnectionSoonerWhileOthersWait() {
    byte[] record = Calls.record(message(1, "a".repeat(100)));
    connection.receive(Arrays.copyOf(record, 10));
    connection.budget().adjust(200_000);
    connection.budget().await(() -> {});
    advanceAndTick(9);
    assertTrue(connection.isOpen());
    advanceAndTick(2);
    assertFalse(connection.isOpen());
    connection.budget().adjust(-200_000);
  }

  @Test
  void payloadBeyondItsShareIsReceivedAsAnyOtherPart() {
    TestConnection poor =
        new TestConnection(
            loop,
            LIMITS,
            (head, found) -> {
              found.index = 100;
              found.lengthBytes = 20_000;
              return PayloadFinder.Result.FOUND;
            },
            (offset, length) -> {
              throw new AssertionError("nothing may be taken of no share");
            },
            echo);
    byte[] record = Calls.record(message(1, "a".repeat(40_000)));
    poor.receive(Arrays.copyOf(record, 2_000));
    poor.receive(Arrays.copyOfRange(record, 2_000, record.length));
    assertArrayEquals(echoed(1, "a".repeat(40_000)), poor.replies().get(0));
    poor.close();
  }

  @Test
  void noMoreCallsStartThanTheirRepliesFit() {
    echo.hold = true;
    echo.expectedBytes = 40 * 1024;
    for (int xid = 1; xid <= 3; xid++) {
      connection.receive(Calls.record(message(xid, "a")));
    }
    assertEquals(2, echo.held.size());
    assertFalse(connection.isReading());
    echo.answer();
    assertEquals(2, echo.held.size());
    echo.answer();
    echo.answer();
    assertEquals(3, connection.replies().size());
    assertTrue(connection.isReading());
  }

  @Test
  void repliesThatOthersLeaveLieNarrowEachConnectionsShare() {
    connection.replyBudget().adjust(256 * 1024 - 1000);
    echo.hold = true;
    echo.expectedBytes = 2000;
    connection.receive(Calls.record(message(1, "a")));
    connection.receive(Calls.record(message(2, "a")));
    assertEquals(1, echo.held.size());
    connection.replyBudget().adjust(1000 - 256 * 1024);
    loop.advance(TimeUnit.MILLISECONDS.toNanos(10));
    assertEquals(2, echo.held.size());
  }

  @Test
  void clientThatTakesNothingOfItsRepliesIsCutOff() {
    connection.takeReplies(false);
    connection.receive(Calls.record(message(1, "a".repeat(30_000))));
    advanceAndTick(1);
    advanceAndTick(119);
    assertTrue(connection.isOpen());
    advanceAndTick(2);
    assertFalse(connection.isOpen());
    assertEquals(0, connection.replyBudget().usedBytes());
  }

  @Test
  void clientThatTakesItsRepliesLateIsNot() {
    for (int round = 0; round < 5; round++) {
      connection.takeReplies(false);
      connection.receive(Calls.record(message(1, "a".repeat(30_000))));
      advanceAndTick(1);
      advanceAndTick(100);
      connection.takeReplies(true);
      advanceAndTick(1);
    }
    assertTrue(connection.isOpen());
  }

  @Test
  void untakenRepliesAreCutOffSoonerWhileReplyMemoryIsScarce() {
    connection.takeReplies(false);
    connection.receive(Calls.record(message(1, "a")));
    connection.replyBudget().adjust(200 * 1024);
    advanceAndTick(1);
    advanceAndTick(21);
    assertFalse(connection.isOpen());
    connection.replyBudget().adjust(-200 * 1024);
  }

  @Test
  void whatComesUnaskedBeyondItsBoundClosesTheConnection() {
    echo.hold = true;
    for (int xid = 1; xid <= 4; xid++) {
      connection.receive(Calls.record(message(xid, "a")));
    }
    assertFalse(connection.isReading());
    connection.receive(new byte[24_000]);
    assertTrue(connection.isOpen());
    assertTrue(connection.budget().usedBytes() >= 24_000, "what waits is not charged");
    connection.receive(new byte[16_000]);
    assertFalse(connection.isOpen());
  }

  @Test
  void recordThatWaitsForMemoryIsNotTimed() {
    byte[] record = Calls.record(message(1, "a"));
    connection.budget().adjust(200_000);
    connection.receive(Arrays.copyOf(record, 10));
    assertFalse(connection.isReading());
    advanceAndTick(3_000);
    connection.budget().adjust(-200_000);
    connection.budget().resumeWaiters();
    connection.receive(Arrays.copyOfRange(record, 10, record.length));
    assertArrayEquals(echoed(1, "a"), connection.replies().get(0));
  }

  @Test
  void clientThatEndsItsInputStillGetsItsReplies() {
    echo.hold = true;
    connection.receive(Calls.record(message(1, "a")));
    connection.endInput();
    assertTrue(connection.isOpen());
    echo.answer();
    assertArrayEquals(echoed(1, "a"), connection.replies().get(0));
    assertFalse(connection.isOpen());
  }

  @Test
  void clientThatEndsItsInputWithNothingToWaitForIsClosed() {
    connection.endInput();
    assertFalse(connection.isOpen());
  }

  @Test
  void replyToAConnectionThatIsGoneIsDropped() {
    echo.hold = true;
    boolean[] told = new boolean[1];
    connection.connection().onClose(() -> told[0] = true);
    connection.receive(Calls.record(message(1, "a")));
    connection.disconnect();
    assertTrue(told[0]);
    echo.answer();
    assertEquals(0, connection.replies().size());
  }

  @Test
  void recordThatStopsComingClosesTheConnection() {
    byte[] record = Calls.record(message(1, "a"));
    connection.receive(Arrays.copyOf(record, 10));
    advanceAndTick(29);
    assertTrue(connection.isOpen());
    advanceAndTick(2);
    assertFalse(connection.isOpen());
  }

  @Test
  void recordThatDripsClosesTheConnection() {
    byte[] record = Calls.record(message(1, "a".repeat(100)));
    int received = 0;
    while (connection.isOpen() && received < 20) {
      connection.receive(Arrays.copyOfRange(record, received, received + 1));
      received++;
      advanceAndTick(20);
    }
    assertFalse(connection.isOpen());
    assertEquals(16, received);
  }

  @Test
  void streamOfRecordsThatNeverEndWithAReadStays() {
    byte[] record = Calls.record(message(1, "a".repeat(100)));
    int cut = record.length / 2;
    connection.receive(Arrays.copyOf(record, cut));
    for (int second = 0; second < 600; second++) {
      connection.receive(
          xdr()
              .raw(Arrays.copyOfRange(record, cut, record.length))
              .raw(Arrays.copyOf(record, cut))
              .bytes());
      advanceAndTick(1);
    }
    assertTrue(connection.isOpen());
    assertEquals(600, connection.replies().size());
  }

  @Test
  void nothingIsReadBehindAViolation() {
    connection.receive(xdr().i(1 << 31).raw(Calls.record(message(1, "a"))).bytes());
    assertFalse(connection.isOpen());
    assertEquals(0, echo.credentials.size());
  }

  @Test
  void manyWaitersAreResumedWithoutRecursion() {
    ReceiveBudget budget = new ReceiveBudget(1, 1);
    budget.adjust(1);
    int[] resumed = new int[1];
    for (int i = 0; i < 100_000; i++) {
      budget.await(
          new Runnable() {
            @Override
            public void run() {
              resumed[0]++;
              budget.resumeWaiters();
            }
          });
    }
    budget.adjust(-1);
    budget.resumeWaiters();
    assertEquals(100_000, resumed[0]);
  }

  @Test
  void idleConnectionStays() {
    connection.call(message(1, "a"));
    advanceAndTick(10_000);
    assertTrue(connection.isOpen());
  }

  private void advanceAndTick(int seconds) {
    loop.advance(TimeUnit.SECONDS.toNanos(seconds));
    connection.tick(loop.monotonicNanos());
  }
}
