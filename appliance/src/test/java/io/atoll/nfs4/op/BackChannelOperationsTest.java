package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.op.StateHarness.Client;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callbacks over the client's own connection, byte by byte (RFC 8881, sections 20.9 and 20.11). */
class BackChannelOperationsTest {
  private static final int PROGRAM = 0x40000000;
  private static final int MAY_NOTIFY_LOCK = 0x20;
  private static final int WRITEW_LT = 4;
  private static final byte[] NOTHING = {};

  private final StateHarness server = new StateHarness();

  private Client mountWithCallbacks(String owner) {
    Client client = server.mount(owner);
    answerNull(client.connection);
    return client;
  }

  private static void answerNull(TestConnection connection) {
    List<byte[]> calls = connection.backCalls();
    assertEquals(1, calls.size(), "CB_NULL");
    assertEquals(0, ByteBuffer.wrap(calls.getFirst()).getInt(20), "procedure");
    connection.answer(calls.getFirst(), NOTHING);
  }

  private int statusFlags(Client client) {
    Reply reply = new Reply(client.connection.call(client.prepare(true)));
    reply.is(Nfs4Status.OK).ok(Operation.SEQUENCE).skip(32);
    return reply.i();
  }

  private int openFlags(Client client) {
    Reply reply = client.call(putRoot(), Requests.open("file", BOTH, 0)).is(Nfs4Status.OK);
    reply.ok(Operation.PUTROOTFH).ok(Operation.OPEN).skip(16 + 20);
    return reply.i();
  }

  private static Reply lock(Client client, int type, Stateid open) {
    return client.call(
        putRoot(), Requests.lookup("file"), Requests.lock(type, 0, 10, open, "owner"));
  }

  private static Stateid locked(Client client, Stateid open) {
    Reply reply = lock(client, WRITEW_LT, open).is(Nfs4Status.OK);
    return reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.LOCK).stateid();
  }

  private static void unlock(Client client, Stateid stateid) {
    XdrBytes unlock = Requests.stateid(op(Operation.LOCKU).i(2, 0), stateid).l(0, 10);
    client.call(putRoot(), Requests.lookup("file"), unlock).is(Nfs4Status.OK);
  }

  @Test
  void firstSequenceFindsOutWhetherTheClientTakesCallbacks() {
    Client client = server.new Client("a", 1);
    assertEquals(List.of(), client.connection.backCalls(), "it may not know its session yet");
    client.reclaimComplete();
    byte[] call = client.connection.backCalls().getFirst();
    assertArrayEquals(
        xdr().i(0, 2, PROGRAM, 1, 0, 1, 24, 7, 4).bytes(), Arrays.copyOfRange(call, 4, 40));
    client.connection.answer(call, NOTHING);
    assertEquals(0, statusFlags(client));
  }

  @Test
  void mayNotifyLockIsSaidOnlyIfItIsTrue() {
    server.files.makeFile("file", new byte[1]);
    assertEquals(0, openFlags(server.mount("silent")) & MAY_NOTIFY_LOCK);
    assertEquals(MAY_NOTIFY_LOCK, openFlags(mountWithCallbacks("a")) & MAY_NOTIFY_LOCK);
  }

  @Test
  void waiterIsToldWhenTheLockIsFree() {
    server.files.makeFile("file", new byte[1]);
    Client holder = mountWithCallbacks("holder");
    Client waiter = mountWithCallbacks("waiter");
    Stateid held = locked(holder, holder.open("file", BOTH, 0));
    Stateid open = waiter.open("file", BOTH, 0);
    lock(waiter, WRITEW_LT, open).is(Nfs4Status.DENIED);
    assertEquals(List.of(), waiter.connection.backCalls());
    unlock(holder, held);
    server.advanceSeconds(0);

    byte[] call = waiter.connection.backCalls().getFirst();
    ByteBuffer arguments = ByteBuffer.wrap(call).position(24 + 8 + 24 + 8);
    int[] head = new int[5];
    for (int i = 0; i < head.length; i++) {
      head[i] = arguments.getInt();
    }
    assertArrayEquals(new int[] {0, 1, 0, 2, 11}, head, "tag, minor version, ident, count");
    assertEquals(waiter.sessionHigh, arguments.getLong());
    assertEquals(waiter.sessionLow, arguments.getLong());
    for (int expected : new int[] {1, 0, 0, 0, 0, 13}) {
      assertEquals(expected, arguments.getInt());
    }
    byte[] handle = new byte[arguments.getInt()];
    arguments.get(handle);
    assertEquals(waiter.clientId, arguments.getLong());
    assertEquals("owner".length(), arguments.getInt());

    byte[] done =
        xdr()
            .i(0, 0, 2, 11, 0)
            .l(waiter.sessionHigh, waiter.sessionLow)
            .i(1, 0, 0, 0, 13, 0)
            .bytes();
    waiter.connection.answer(call, done);
    locked(waiter, open);
    assertEquals(0, statusFlags(waiter));
  }

  @Test
  void clientThatDoesNotAnswerIsToldSoAndMayBindAgain() {
    Client client = server.mount("a");
    client.connection.backCalls();
    server.advanceSeconds(6);
    assertEquals(0, statusFlags(client), "it has time");
    server.advanceSeconds(6);
    assertEquals(0x201, statusFlags(client));
    server
        .bare(
            client.connection,
            0,
            op(Operation.BIND_CONN_TO_SESSION).l(client.sessionHigh, client.sessionLow).i(7, 0))
        .is(Nfs4Status.OK);
    assertEquals(0, statusFlags(client));
    answerNull(client.connection);
    assertEquals(0, statusFlags(client));
  }

  @Test
  void refusalOfTheProgramIsNoAnswer() {
    Client client = server.mount("a");
    byte[] call = client.connection.backCalls().getFirst();
    int xid = ByteBuffer.wrap(call).getInt();
    client.connection.receive(Calls.record(xdr().i(xid, 1, 0, 0, 0, 1).bytes())); // PROG_UNAVAIL
    assertEquals(0x201, statusFlags(client));
  }

  @Test
  void answersToNothingAreDropped() {
    Client client = mountWithCallbacks("a");
    for (int xid : new int[] {0, 1, 99, -1}) {
      client.connection.receive(Calls.record(xdr().i(xid, 1, 0, 0, 0, 0).bytes()));
    }
    assertEquals(0, statusFlags(client));
  }

  @Test
  void garbledAnswersCostTheClientItsPathAndNothingElse() {
    server.files.makeFile("file", new byte[1]);
    byte[][] garbled = {NOTHING, xdr().i(0, 0, 2, 13, 0).bytes(), xdr().i(0, 0x7fffffff).bytes()};
    for (int i = 0; i < garbled.length; i++) {
      Client holder = mountWithCallbacks("holder" + i);
      Client waiter = mountWithCallbacks("waiter" + i);
      Stateid held = locked(holder, holder.open("file", BOTH, 0));
      Stateid open = waiter.open("file", BOTH, 0);
      lock(waiter, WRITEW_LT, open).is(Nfs4Status.DENIED);
      unlock(holder, held);
      server.advanceSeconds(0);
      waiter.connection.answer(waiter.connection.backCalls().getFirst(), garbled[i]);
      assertEquals(0x201, statusFlags(waiter));
      unlock(waiter, locked(waiter, open));
    }
  }

  @Test
  void sessionIsUsedOverConnectionsThatNeverBoundIt() {
    server.files.makeFile("file", new byte[1]);
    Client client = mountWithCallbacks("a");
    TestConnection first = server.connect();
    TestConnection second = server.connect();
    for (int slot = 1; slot < 8; slot++) {
      TestConnection connection = slot % 2 == 0 ? first : second;
      byte[] request = client.prepare(slot, 1, true, putRoot(), Requests.lookup("file"));
      byte[] reply = connection.call(request);
      new Reply(reply).is(Nfs4Status.OK);
      TestConnection other = slot % 2 == 0 ? second : first;
      assertArrayEquals(
          new Reply(reply).result(), new Reply(other.call(request)).result(), "a retry elsewhere");
    }
    assertEquals(List.of(), first.backCalls(), "who did not bind is not called back");
    client.connection.disconnect();
    Reply reply = new Reply(first.call(client.prepare(true)));
    reply.is(Nfs4Status.OK).ok(Operation.SEQUENCE).skip(32);
    assertEquals(0x201, reply.i(), "the one that was bound is gone");
  }
}
