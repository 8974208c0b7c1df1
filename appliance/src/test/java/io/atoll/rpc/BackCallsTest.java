package io.atoll.rpc;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.rpc.BackCall.End;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of the server's own over a client's connection, beside those of the client. */
class BackCallsTest {
  private static final int PROGRAM = 0x40000000;
  private static final byte[] NO_CREDENTIAL = {};

  private final ManualLoop loop = new ManualLoop();
  private final TestConnection connection =
      new TestConnection(loop, RpcLimits.DEFAULT, PayloadFinder.NONE, (offset, length) -> null);
  private final List<String> ended = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    connection.close();
  }

  private boolean call() {
    return connection
        .connection()
        .callBack(
            new BackCall(
                PROGRAM,
                1,
                3,
                RpcCredential.AUTH_NONE,
                NO_CREDENTIAL,
                writer -> writer.int32(42),
                (end, results) ->
                    ended.add(end == End.ANSWERED ? end + " " + results.int32() : end.name())));
  }

  @Test
  void callIsAsTheStandardHasIt() {
    assertTrue(call());
    byte[] sent = connection.backCalls().getFirst();
    assertArrayEquals(xdr().i(1, 0, 2, PROGRAM, 1, 3, 0, 0, 0, 0, 42).bytes(), sent);
    connection.answer(sent, xdr().i(7).bytes());
    assertEquals(List.of("ANSWERED 7"), ended);
    connection.answer(sent, xdr().i(8).bytes());
    assertEquals(List.of("ANSWERED 7"), ended, "a second answer is dropped");
    assertTrue(connection.isOpen());
  }

  @Test
  void answersComeInAnyOrder() {
    call();
    call();
    List<byte[]> calls = connection.backCalls();
    connection.answer(calls.get(1), xdr().i(2).bytes());
    connection.answer(calls.get(0), xdr().i(1).bytes());
    assertEquals(List.of("ANSWERED 2", "ANSWERED 1"), ended);
  }

  @Test
  void refusalsAreToldFromAnswers() {
    int[][] refusals = {
      {0, 0, 0, 1}, // accepted, PROG_UNAVAIL
      {0, 0, 0, 2, 1, 1}, // PROG_MISMATCH
      {1, 1, 5}, // denied, AUTH_TOOWEAK
      {1, 0, 2, 2}, // RPC_MISMATCH
      {0, 0}, // cut short
    };
    for (int[] refusal : refusals) {
      call();
      int xid = ByteBuffer.wrap(connection.backCalls().getFirst()).getInt();
      connection.receive(Calls.record(xdr().i(xid, 1).i(refusal).bytes()));
      assertEquals("REFUSED", ended.removeLast());
    }
    assertTrue(connection.isOpen());
  }

  @Test
  void callsUnderWayAreBounded() {
    for (int i = 0; i < BackCalls.MAX_UNDER_WAY; i++) {
      assertTrue(call());
    }
    assertFalse(call());
    connection.answer(connection.backCalls().getFirst(), xdr().i(0).bytes());
    assertTrue(call());
  }

  @Test
  void whatIsNotAnsweredInTimeIsLost() {
    call();
    loop.advance(TimeUnit.SECONDS.toNanos(BackCalls.TIMEOUT_SECONDS) - 1);
    assertEquals(List.of(), ended);
    loop.advance(1);
    assertEquals(List.of("LOST"), ended);
    connection.answer(connection.backCalls().getFirst(), xdr().i(7).bytes());
    assertEquals(List.of("LOST"), ended);
  }

  @Test
  void whatIsUnderWayWhenTheConnectionClosesIsLost() {
    call();
    call();
    connection.disconnect();
    assertEquals(List.of("LOST", "LOST"), ended);
    assertFalse(call());
  }
}
