package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.lock;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.op.StateHarness.Client;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LOCK, LOCKT and LOCKU as whole compounds (RFC 8881, sections 18.10 to 18.12). */
class LockOperationsTest {
  private static final int READ_LT = 1;
  private static final int WRITE_LT = 2;

  private final StateHarness server = new StateHarness();
  private final Client client = server.mount("a");
  private final Client other = server.mount("b");
  private Stateid open;
  private Stateid othersOpen;

  @BeforeEach
  void openFile() {
    server.files.makeFile("file", new byte[100]);
    open = client.open("file", BOTH, 0);
    othersOpen = other.open("file", BOTH, 0);
  }

  private static Reply onFile(Client who, XdrBytes operation) {
    return who.call(putRoot(), lookup("file"), operation);
  }

  private static Reply result(Reply reply, Operation operation, Nfs4Status status) {
    return reply.is(status).ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).next(operation, status);
  }

  private static XdrBytes test(int type, long offset, long length, String owner) {
    return op(Operation.LOCKT).i(type).l(offset, length).l(0).string(owner);
  }

  @Test
  void deniedLockTellsWhoseItIs() {
    onFile(client, lock(WRITE_LT, 10, -1, open, "owner-a")).is(Nfs4Status.OK);
    Reply denied =
        result(
            onFile(other, lock(READ_LT, 0, 11, othersOpen, "owner-b")),
            Operation.LOCK,
            Nfs4Status.DENIED);
    assertEquals(10, denied.l());
    assertEquals(-1, denied.l());
    assertEquals(WRITE_LT, denied.i());
    assertEquals(client.clientId, denied.l());
    assertEquals("owner-a", new String(denied.opaque(), StandardCharsets.UTF_8));
    denied.end();
    onFile(other, lock(READ_LT, 0, 10, othersOpen, "owner-b")).is(Nfs4Status.OK);
  }

  @Test
  void testedLockIsToldAndNotTaken() {
    onFile(client, lock(READ_LT, 0, 10, open, "owner-a")).is(Nfs4Status.OK);
    result(onFile(other, test(READ_LT, 0, 10, "b")), Operation.LOCKT, Nfs4Status.OK).end();
    Reply denied =
        result(onFile(other, test(WRITE_LT, 9, 1, "b")), Operation.LOCKT, Nfs4Status.DENIED);
    assertEquals(0, denied.l());
    assertEquals(10, denied.l());
    assertEquals(READ_LT, denied.i());
    onFile(client, test(WRITE_LT, 0, 10, "owner-a")).is(Nfs4Status.OK);
  }

  @Test
  void locksWaitForNobodysCommit() {
    Reply handle = client.call(putRoot(), lookup("file"), op(Operation.GETFH));
    handle.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.GETFH);
    XdrBytes putFile = op(Operation.PUTFH).opaque(handle.opaque());
    server.files.holdDurability();
    other.connection.receive(
        Calls.record(other.prepare(true, putFile, Requests.write(othersOpen, "four"))));
    assertEquals(0, other.connection.replies().size(), "the write is not durable yet");

    Reply locked = client.call(putFile, lock(WRITE_LT, 0, 10, open, "o")).is(Nfs4Status.OK);
    Stateid lock = locked.ok(Operation.PUTFH).ok(Operation.LOCK).stateid();
    client.call(putFile, test(WRITE_LT, 0, 10, "other")).is(Nfs4Status.DENIED);
    XdrBytes unlock = stateid(op(Operation.LOCKU).i(WRITE_LT, 0), lock).l(0, 10);
    client.call(putFile, unlock).is(Nfs4Status.OK);

    server.files.makeDurable();
    assertEquals(1, other.connection.replies().size(), "the write is answered when it is durable");
  }

  @Test
  void testForALockOnWhatIsNoFile() {
    client.call(putRoot(), test(READ_LT, 0, 1, "a")).is(Nfs4Status.ISDIR);
  }

  @Test
  void unlockAnswersTheNewStateid() {
    Reply locked =
        result(onFile(client, lock(WRITE_LT, 0, 10, open, "o")), Operation.LOCK, Nfs4Status.OK);
    Stateid lock = locked.stateid();
    XdrBytes unlock = stateid(op(Operation.LOCKU).i(WRITE_LT, 0), lock).l(0, 10);
    Reply unlocked = result(onFile(client, unlock), Operation.LOCKU, Nfs4Status.OK);
    assertEquals(lock.withSeqid(2), unlocked.stateid());
    unlocked.end();
    onFile(other, lock(WRITE_LT, 0, 10, othersOpen, "o")).is(Nfs4Status.OK);
    client.call(stateid(op(Operation.FREE_STATEID), lock.withSeqid(0))).is(Nfs4Status.OK);
  }

  @Test
  void furtherLocksComeByTheLockStateid() {
    Stateid lock =
        result(onFile(client, lock(WRITE_LT, 0, 10, open, "o")), Operation.LOCK, Nfs4Status.OK)
            .stateid();
    XdrBytes more = stateid(op(Operation.LOCK).i(READ_LT, 0).l(20, 5).i(0), lock).i(0);
    assertEquals(
        lock.withSeqid(2), result(onFile(client, more), Operation.LOCK, Nfs4Status.OK).stateid());
  }

  @Test
  void emptyAndOverlongRangesAreInvalid() {
    long[][] ranges = {{0, 0}, {5, -5}, {-1, 1}, {Long.MIN_VALUE, Long.MIN_VALUE}};
    for (long[] range : ranges) {
      onFile(client, lock(READ_LT, range[0], range[1], open, "o")).is(Nfs4Status.INVAL);
      onFile(client, test(READ_LT, range[0], range[1], "o")).is(Nfs4Status.INVAL);
    }
    onFile(client, lock(READ_LT, 5, -6, open, "o")).is(Nfs4Status.OK);
    onFile(client, lock(READ_LT, -2, 1, open, "o")).is(Nfs4Status.OK);
    onFile(client, lock(READ_LT, -1, -1, open, "o")).is(Nfs4Status.OK);
  }

  @Test
  void unknownLockTypeIsMalformed() {
    onFile(client, lock(0, 0, 1, open, "o")).is(Nfs4Status.BADXDR);
    onFile(client, lock(5, 0, 1, open, "o")).is(Nfs4Status.BADXDR);
  }

  @Test
  void lockUnderTheCurrentStateid() {
    client
        .call(putRoot(), Requests.open("file", BOTH, 0), lock(WRITE_LT, 0, 1, Stateid.CURRENT, "o"))
        .is(Nfs4Status.OK);
  }

  @Test
  void locksAreReclaimedInGrace() {
    onFile(client, lock(WRITE_LT, 0, 10, open, "o")).is(Nfs4Status.OK);
    server.restart();
    Client after = server.new Client("a", 1);
    XdrBytes reclaimOpen = Requests.openShare(BOTH, 0, "owner").i(0).i(1, 0);
    Reply opened = after.call(putRoot(), lookup("file"), reclaimOpen).is(Nfs4Status.OK);
    Stateid again =
        opened.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.OPEN).stateid();
    onFile(after, lock(WRITE_LT, 0, 10, again, "o")).is(Nfs4Status.GRACE);
    onFile(after, test(WRITE_LT, 0, 10, "o")).is(Nfs4Status.GRACE);
    XdrBytes reclaim =
        stateid(op(Operation.LOCK).i(WRITE_LT, 1).l(0, 10).i(1, 0), again).i(0).l(0).string("o");
    onFile(after, reclaim).is(Nfs4Status.OK);
    after.reclaimComplete().is(Nfs4Status.OK);
    assertEquals(true, server.state.isInGrace(), "b has not come back");
    onFile(after, reclaim).is(Nfs4Status.NO_GRACE);
    server.advanceSeconds(StateHarness.GRACE_SECONDS);
    // Its lease of 10 s has run out meanwhile, but nobody else wanted what it holds.
    assertEquals(false, server.state.isInGrace());
  }
}
