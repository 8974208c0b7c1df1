package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.putRoot;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.op.StateHarness.Client;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients, sessions and the reply cache, as whole compounds (RFC 8881, sections 2.10 and 18). */
class SessionOperationsTest {
  private final StateHarness server = new StateHarness();

  private static XdrBytes remove(String name) {
    return op(Operation.REMOVE).string(name);
  }

  // --- EXCHANGE_ID, CREATE_SESSION ---

  @Test
  void exchangeIdTellsOneServerForEachFileSystem() {
    TestConnection connection = server.connect();
    Reply reply = server.bare(connection, 0, Requests.exchangeId("a", 1, 0x101));
    reply.is(Nfs4Status.OK).ok(Operation.EXCHANGE_ID);
    assertNotEquals(0, reply.l());
    assertEquals(1, reply.i());
    assertEquals(0x10000, reply.i(), "neither pNFS nor confirmed");
    assertEquals(0, reply.i(), "SP4_NONE");
    assertEquals(0, reply.l());
    byte[] major = reply.opaque();
    assertArrayEquals(major, reply.opaque(), "the scope is the server's own");
    assertEquals(1, reply.i());
    assertEquals("atoll.io", new String(reply.opaque(), StandardCharsets.UTF_8));
    assertEquals("Atoll test", new String(reply.opaque(), StandardCharsets.UTF_8));
    reply.skip(12).end();

    assertArrayEquals(major, ServerIdentity.of(server.files.id(), "later").ownerMajor());
    assertNotEquals(
        new String(major, StandardCharsets.UTF_8),
        new String(
            ServerIdentity.of(new FileSystemId(1, 2), "test").ownerMajor(),
            StandardCharsets.UTF_8));
  }

  @Test
  void exchangeIdRefusesFlagsOfRepliesAndUnknownOnes() {
    TestConnection connection = server.connect();
    for (int flags : new int[] {0x8000_0000, 0x10, 0x2000_0000}) {
      server
          .bare(connection, 0, Requests.exchangeId("a", 1, flags))
          .is(Nfs4Status.INVAL)
          .next(Operation.EXCHANGE_ID, Nfs4Status.INVAL)
          .end();
    }
  }

  @Test
  void exchangeIdRefusesStateProtection() {
    TestConnection connection = server.connect();
    XdrBytes machine = op(Operation.EXCHANGE_ID).l(1).string("a").i(0, 1, 0, 0, 0);
    server.bare(connection, 0, machine).is(Nfs4Status.INVAL);
    XdrBytes ssv =
        op(Operation.EXCHANGE_ID).l(1).string("a").i(0, 2, 0, 0, 1).string("oid").i(0, 9, 9, 0);
    server.bare(connection, 0, ssv).is(Nfs4Status.ENCR_ALG_UNSUPP);
  }

  @Test
  void createSessionGrantsTheBackChannelAndNoPersistence() {
    TestConnection connection = server.connect();
    Reply exchanged = server.bare(connection, 0, Requests.exchangeId("a", 1, 0));
    long clientId = exchanged.ok(Operation.EXCHANGE_ID).l();
    XdrBytes request =
        op(Operation.CREATE_SESSION)
            .l(clientId)
            .i(1, 3)
            .i(64, 2 << 20, 2 << 20, 1 << 20, 1000, 1000, 0)
            .i(0, 4096, 4096, 0, 2, 16, 1, 5)
            .i(0x40000000, 0);
    Reply reply = server.bare(connection, 0, request).is(Nfs4Status.OK);
    reply.ok(Operation.CREATE_SESSION);
    assertEquals(clientId, reply.l());
    reply.l();
    assertEquals(1, reply.i());
    assertEquals(2, reply.i(), "CONN_BACK_CHAN alone");
    assertEquals(0, reply.i(), "no padding");
    assertEquals((1 << 20) + 4096, reply.i());
    assertEquals((1 << 20) + 4096, reply.i());
    assertEquals(8192, reply.i());
    assertEquals(64, reply.i());
    assertEquals(64, reply.i());
    assertEquals(0, reply.i(), "no RDMA");
    reply.skip(28).end();
  }

  @Test
  void createSessionRefusesUnknownFlags() {
    TestConnection connection = server.connect();
    XdrBytes request = op(Operation.CREATE_SESSION).l(1).i(1, 8).i(new int[14]).i(0x40000000, 0);
    server.bare(connection, 0, request).is(Nfs4Status.INVAL);
  }

  @Test
  void unknownCallbackSecurityIsMalformed() {
    TestConnection connection = server.connect();
    XdrBytes request =
        op(Operation.CREATE_SESSION).l(1).i(1, 0).i(new int[14]).i(0x40000000, 1, 99);
    server.bare(connection, 0, request).is(Nfs4Status.BADXDR);
  }

  // --- SEQUENCE ---

  @Test
  void sequenceTellsSlotsAndNoFlags() {
    Client client = server.mount("a");
    Reply reply = new Reply(client.connection.call(client.prepare(5, 1, false)));
    reply.is(Nfs4Status.OK).ok(Operation.SEQUENCE);
    assertEquals(client.sessionHigh, reply.l());
    assertEquals(client.sessionLow, reply.l());
    assertEquals(1, reply.i());
    assertEquals(5, reply.i());
    assertEquals(7, reply.i());
    assertEquals(7, reply.i());
    assertEquals(0, reply.i());
    reply.end();
  }

  @Test
  void retryIsAnsweredFromTheCacheAndNotRunAgain() {
    Client client = server.mount("a");
    server.files.makeFile("file", new byte[1]);
    byte[] request = client.prepare(true, putRoot(), remove("file"));
    byte[] first = client.connection.call(request);
    new Reply(first).is(Nfs4Status.OK);
    assertArrayEquals(first, client.connection.call(request), "a second REMOVE finds nothing");
    client.call(putRoot(), remove("file")).is(Nfs4Status.NOENT);
  }

  @Test
  void retryOverAnotherConnectionIsAnsweredTheSame() {
    Client client = server.mount("a");
    byte[] request = client.prepare(true, putRoot(), openCreating("file", 3, 0644, -1));
    byte[] first = client.connection.call(request);
    client.connection.disconnect();
    assertArrayEquals(first, server.connect().call(request));
  }

  @Test
  void failureIsCachedAndReplayedToo() {
    Client client = server.mount("a");
    byte[] request = client.prepare(true, putRoot(), remove("file"));
    byte[] first = client.connection.call(request);
    new Reply(first).is(Nfs4Status.NOENT);
    server.files.makeFile("file", new byte[1]);
    assertArrayEquals(first, client.connection.call(request));
  }

  @Test
  void retryWhileTheOriginalRunsIsDelayed() {
    Completions completions = Completions.shuffled(3);
    StateHarness slow = new StateHarness(completions);
    Client client = mountSlowly(slow, completions);
    byte[] request = client.prepare(true, putRoot(), lookup("nothing"));
    client.connection.receive(Calls.record(request));
    assertEquals(List.of(), client.connection.replies());

    TestConnection second = slow.connect();
    new Reply(second.call(request))
        .is(Nfs4Status.DELAY)
        .next(Operation.SEQUENCE, Nfs4Status.DELAY)
        .end();
    completions.releaseAll();
    byte[] original = client.connection.replies().getFirst();
    new Reply(original).is(Nfs4Status.NOENT);
    assertArrayEquals(original, second.call(request));
  }

  private static Client mountSlowly(StateHarness slow, Completions completions) {
    Client client = slow.new Client("a", 1);
    byte[] complete = client.prepare(true, op(Operation.RECLAIM_COMPLETE).i(0));
    client.connection.receive(Calls.record(complete));
    completions.releaseAll();
    new Reply(client.connection.replies().getFirst()).is(Nfs4Status.OK);
    return client;
  }

  @Test
  void retryOfAnUncachedRequestIsToldAfterSequence() {
    Client client = server.mount("a");
    byte[] request = client.prepare(false, putRoot(), lookup("x"));
    client.connection.call(request);
    Reply reply = StateHarness.afterSequence(client.connection.call(request));
    reply
        .is(Nfs4Status.RETRY_UNCACHED_REP)
        .next(Operation.PUTROOTFH, Nfs4Status.RETRY_UNCACHED_REP)
        .end();
    assertEquals(2, reply.count());
  }

  @Test
  void retryOfALoneSequenceIsSimplyAnswered() {
    Client client = server.mount("a");
    byte[] request = client.prepare(false);
    byte[] first = client.connection.call(request);
    assertArrayEquals(first, client.connection.call(request));
  }

  @Test
  void otherRequestUnderTheSameSequenceIsAFalseRetry() {
    Client client = server.mount("a");
    client.connection.call(client.prepare(1, 1, true, putRoot(), lookup("x")));
    new Reply(client.connection.call(client.prepare(1, 1, true, putRoot(), lookup("y"))))
        .is(Nfs4Status.SEQ_FALSE_RETRY);
    new Reply(client.connection.call(client.prepare(1, 1, true, putRoot())))
        .is(Nfs4Status.SEQ_FALSE_RETRY);
  }

  @Test
  void sequenceErrorsLeaveTheSlotAlone() {
    Client client = server.mount("a");
    Nfs4Status[] expected = {Nfs4Status.SEQ_MISORDERED, Nfs4Status.BADSLOT};
    byte[][] requests = {
      client.prepare(1, 2, true, putRoot()), client.prepare(8, 1, true, putRoot())
    };
    for (int i = 0; i < requests.length; i++) {
      new Reply(client.connection.call(requests[i])).is(expected[i]);
    }
    XdrBytes[] many = new XdrBytes[16];
    Arrays.fill(many, putRoot());
    new Reply(client.connection.call(client.prepare(1, 1, true, many))).is(Nfs4Status.TOO_MANY_OPS);
    new Reply(client.connection.call(client.prepare(1, 1, true, putRoot()))).is(Nfs4Status.OK);
  }

  @Test
  void replyThatCannotBeCachedIsRefusedBeforeTheSlotMoves() {
    TestConnection connection = server.connect();
    long clientId =
        server.bare(connection, 0, Requests.exchangeId("a", 1, 0)).ok(Operation.EXCHANGE_ID).l();
    XdrBytes request =
        op(Operation.CREATE_SESSION)
            .l(clientId)
            .i(1, 0)
            .i(0, 4096, 4096, 40, 16, 8, 0)
            .i(0, 4096, 4096, 0, 2, 1, 0)
            .i(0x40000000, 0);
    Reply created = server.bare(connection, 0, request).is(Nfs4Status.OK);
    long high = created.ok(Operation.CREATE_SESSION).l();
    long low = created.l();
    XdrBytes cached = op(Operation.SEQUENCE).l(high, low).i(1, 0, 0, 1);
    new Reply(connection.call(server.message(0, 1, cached))).is(Nfs4Status.REP_TOO_BIG_TO_CACHE);
    XdrBytes uncached = op(Operation.SEQUENCE).l(high, low).i(1, 0, 0, 0);
    new Reply(connection.call(server.message(0, 1, uncached))).is(Nfs4Status.OK);
  }

  /** 80 bytes take a SEQUENCE alone; one more operation must have room at least to fail. */
  @Test
  void replyKeepsToTheSmallestSessionToo() {
    for (int limit = 80; limit <= 130; limit += 4) {
      TestConnection connection = server.connect();
      long clientId =
          server
              .bare(connection, 0, Requests.exchangeId("small" + limit, 1, 0))
              .ok(Operation.EXCHANGE_ID)
              .l();
      XdrBytes request =
          op(Operation.CREATE_SESSION)
              .l(clientId)
              .i(1, 0)
              .i(0, 4096, limit, 4096, 16, 8, 0)
              .i(0, 4096, 4096, 0, 2, 1, 0)
              .i(0x40000000, 0);
      Reply created = server.bare(connection, 0, request).is(Nfs4Status.OK);
      long high = created.ok(Operation.CREATE_SESSION).l();
      long low = created.l();
      XdrBytes alone = op(Operation.SEQUENCE).l(high, low).i(1, 0, 0, 0);
      byte[] reply = connection.call(server.message(0, 1, alone));
      new Reply(reply).is(Nfs4Status.OK);
      assertTrue(reply.length <= limit, reply.length + " bytes of " + limit);
      XdrBytes failing =
          op(Operation.SEQUENCE)
              .l(high, low)
              .i(2, 0, 0, 0)
              .i(Operation.SETATTR.number())
              .l(0, 0)
              .i(0, 0);
      reply = connection.call(server.message(0, 2, failing));
      assertTrue(reply.length <= limit, reply.length + " bytes of " + limit);
      new Reply(reply).is(limit < 92 ? Nfs4Status.REP_TOO_BIG : Nfs4Status.NOFILEHANDLE);
    }
  }

  @Test
  void sessionOfBeforeARestartIsBad() {
    Client client = server.mount("a");
    server.restart();
    TestConnection connection = server.connect();
    new Reply(connection.call(client.prepare(true)))
        .is(Nfs4Status.BADSESSION)
        .next(Operation.SEQUENCE, Nfs4Status.BADSESSION)
        .end();
  }

  // --- the end of sessions and clients ---

  @Test
  void destroySessionInItsOwnComesLast() {
    Client client = server.mount("a");
    XdrBytes destroy = op(Operation.DESTROY_SESSION).l(client.sessionHigh, client.sessionLow);
    client.call(destroy, putRoot()).is(Nfs4Status.NOT_ONLY_OP);
    client.call(putRoot(), destroy).is(Nfs4Status.OK);
    new Reply(client.connection.call(client.prepare(true))).is(Nfs4Status.BADSESSION);
    server.bare(client.connection, 0, destroy).is(Nfs4Status.BADSESSION);
  }

  @Test
  void destroyClientIdAfterItsSession() {
    Client client = server.mount("a");
    XdrBytes destroyClient = op(Operation.DESTROY_CLIENTID).l(client.clientId);
    server.bare(client.connection, 0, destroyClient).is(Nfs4Status.CLIENTID_BUSY);
    server
        .bare(
            client.connection,
            0,
            op(Operation.DESTROY_SESSION).l(client.sessionHigh, client.sessionLow))
        .is(Nfs4Status.OK);
    server.bare(client.connection, 0, destroyClient).is(Nfs4Status.OK);
    server.bare(client.connection, 0, destroyClient).is(Nfs4Status.STALE_CLIENTID);
  }

  @Test
  void bindConnectionIsGrantedInBothDirectionsWhereEitherWillDo() {
    Client client = server.mount("a");
    TestConnection other = server.connect();
    int[][] cases = {{1, 1}, {2, 2}, {3, 3}, {7, 3}};
    for (int[] asked : cases) {
      Reply reply =
          server.bare(
              other,
              0,
              op(Operation.BIND_CONN_TO_SESSION)
                  .l(client.sessionHigh, client.sessionLow)
                  .i(asked[0], 0));
      reply.is(Nfs4Status.OK).ok(Operation.BIND_CONN_TO_SESSION).skip(16);
      assertEquals(asked[1], reply.i());
      assertEquals(0, reply.i());
      reply.end();
    }
    server
        .bare(other, 0, op(Operation.BIND_CONN_TO_SESSION).l(1, 2).i(1, 0))
        .is(Nfs4Status.BADSESSION);
  }

  @Test
  void backChannelControlIsTakenNoteOf() {
    server
        .mount("a")
        .call(op(Operation.BACKCHANNEL_CTL).i(0x40000000, 1, 0))
        .is(Nfs4Status.OK)
        .ok(Operation.BACKCHANNEL_CTL)
        .end();
  }

  // --- reclaim ---

  @Test
  void reclaimCompleteTwiceIsToldAndForOneFileSystemNeedsAHandle() {
    Client client = server.mount("a");
    client.reclaimComplete().is(Nfs4Status.COMPLETE_ALREADY);
    client.call(op(Operation.RECLAIM_COMPLETE).i(1)).is(Nfs4Status.NOFILEHANDLE);
    client.call(putRoot(), op(Operation.RECLAIM_COMPLETE).i(1)).is(Nfs4Status.OK);
  }

  @Test
  void openBeforeReclaimCompleteIsInGrace() {
    server.files.makeFile("file", new byte[1]);
    Client client = server.new Client("a", 1);
    client.call(putRoot(), Requests.open("file", 1, 0)).is(Nfs4Status.GRACE);
  }

  @Test
  void grantWaitsUntilTheClientIsDurablyRecorded() {
    Client client = server.new Client("a", 1);
    server.files.holdDurability();
    byte[] request = client.prepare(true, op(Operation.RECLAIM_COMPLETE).i(0));
    client.connection.receive(Calls.record(request));
    assertEquals(List.of(), client.connection.replies());
    server.files.makeDurable();
    new Reply(client.connection.replies().getFirst()).is(Nfs4Status.OK);
  }

  @Test
  void clientReclaimsItsOpenAfterARestart() {
    server.files.makeFile("file", "content".getBytes(StandardCharsets.UTF_8));
    Client before = server.mount("a");
    before.open("file", 3, 0);
    server.restart();

    Client after = server.new Client("a", 1);
    after.call(putRoot(), Requests.open("file", 3, 0)).is(Nfs4Status.GRACE);
    XdrBytes reclaim = Requests.openShare(3, 0, "owner").i(0).i(1, 0);
    Reply reclaimed = after.call(putRoot(), lookup("file"), reclaim).is(Nfs4Status.OK);
    Stateid open =
        reclaimed.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.OPEN).stateid();
    assertEquals(1, open.seqid());
    after.reclaimComplete().is(Nfs4Status.OK);
    after.call(putRoot(), lookup("file"), reclaim).is(Nfs4Status.NO_GRACE);
    after.call(putRoot(), lookup("file"), Requests.read(open)).is(Nfs4Status.OK);
  }

  @Test
  void strangerDoesNotTakeARecordedNameInGrace() {
    server.mount("a");
    server.restart();
    XdrBytes exchange = Requests.exchangeId("a", 1, 0);
    server.bare(server.connect(), 1000, exchange).is(Nfs4Status.CLID_INUSE);
    server.new Client("a", 1).reclaimComplete().is(Nfs4Status.OK);
  }

  @Test
  void unlinkedOpenFileSurvivesARestartUntilGraceEnds() {
    server.files.makeFile("file", "content".getBytes(StandardCharsets.UTF_8));
    Client before = server.mount("a");
    before.open("file", 3, 0);
    Reply handle = before.call(putRoot(), lookup("file"), op(Operation.GETFH));
    handle.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.GETFH);
    XdrBytes putFile = op(Operation.PUTFH).opaque(handle.opaque());
    before.call(putRoot(), remove("file")).is(Nfs4Status.OK);
    server.restart();

    Client after = server.new Client("a", 1);
    XdrBytes reclaim = Requests.openShare(3, 0, "owner").i(0).i(1, 0);
    Reply reclaimed = after.call(putFile, reclaim).is(Nfs4Status.OK);
    Stateid open = reclaimed.ok(Operation.PUTFH).ok(Operation.OPEN).stateid();
    after.reclaimComplete().is(Nfs4Status.OK);
    after.call(putFile, Requests.read(open)).is(Nfs4Status.OK);
    after.call(putFile, Requests.close(open)).is(Nfs4Status.OK);
    after.call(putFile).is(Nfs4Status.OK);
    after.call(putFile, op(Operation.GETATTR).i(1, 1 << 4)).is(Nfs4Status.STALE);
  }
}
