package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Client40.RESULT_CONFIRM;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Open-owners and lock-owners of NFSv4.0 and their seqids (RFC 7530, sections 9.1.7 to 9.1.11). */
class OwnerSequences40Test {
  private static final long TO_END = -1;

  private final StateHarness server = new StateHarness();
  private final Client40 client = Client40.confirmed(server, "client");

  private static int resultFlags(Reply open) {
    open.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    return open.skip(Integer.BYTES + 2 * Long.BYTES).i();
  }

  // --- OPEN and OPEN_CONFIRM ---

  @Test
  void unknownOpenOwnerMustConfirm() {
    Reply first = client.call(putRoot(), client.openCreating("o", 7, "f")).is(Nfs4Status.OK);
    assertEquals(RESULT_CONFIRM, resultFlags(first) & RESULT_CONFIRM);
    Stateid open = client.opened("o", 9, "f");
    Reply second = client.call(putRoot(), client.openCreating("o", 11, "g")).is(Nfs4Status.OK);
    assertEquals(0, resultFlags(second) & RESULT_CONFIRM);
    client.openConfirm("f", open, 12).is(Nfs4Status.BAD_STATEID);
    client.close("f", open, 12).is(Nfs4Status.OK);
  }

  @Test
  void unconfirmedOpenIsOfNoUse() {
    Reply reply = client.call(putRoot(), client.openCreating("o", 1, "f")).is(Nfs4Status.OK);
    Stateid open = reply.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    client.on("f", Requests.read(open)).next(Operation.READ, Nfs4Status.BAD_STATEID);
    client
        .on("f", client.firstLock(2, open, 0, "l", 0, 10))
        .next(Operation.LOCK, Nfs4Status.BAD_STATEID);
    client.openConfirm("f", open, 3).is(Nfs4Status.BAD_SEQID);
    client.openConfirm("f", open, 2).is(Nfs4Status.OK);
  }

  @Test
  void unconfirmedOwnerBeginsAgainWithAnySeqid() {
    Reply reply = client.call(putRoot(), client.openCreating("o", 1, "f")).is(Nfs4Status.OK);
    Stateid open = reply.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    client.call(putRoot(), client.openCreating("o", 20, "g")).is(Nfs4Status.OK);
    client.openConfirm("f", open, 21).is(Nfs4Status.BAD_STATEID);
    assertEquals(1, server.state.counts().opens());
  }

  @Test
  void wantsOfLaterMinorVersionsAreInvalid() {
    client
        .call(putRoot(), client.open("o", 1, "f", Requests.READ | 0x0400, 0))
        .is(Nfs4Status.INVAL);
    client
        .call(putRoot(), client.openShare("p", 1, Requests.READ, 0).i(0, 4))
        .is(Nfs4Status.BADXDR);
  }

  @Test
  void stateidIsOldAfterEachTransition() {
    Stateid open = client.opened("o", 1, "f");
    assertEquals(2, open.seqid());
    Stateid old = open.withSeqid(1);
    client.on("f", Requests.read(old)).next(Operation.READ, Nfs4Status.OLD_STATEID);
    client.on("f", Requests.read(open.withSeqid(0))).next(Operation.READ, Nfs4Status.OLD_STATEID);
    client.on("f", Requests.read(open.withSeqid(3))).next(Operation.READ, Nfs4Status.BAD_STATEID);
    client.close("f", old, 3).is(Nfs4Status.OLD_STATEID);
    client.close("f", open, 4).is(Nfs4Status.OK);
    client.on("f", Requests.read(open)).next(Operation.READ, Nfs4Status.BAD_STATEID);
  }

  @Test
  void currentStateidIsNoneHere() {
    client.opened("o", 1, "f");
    client
        .call(putRoot(), client.open("o", 3, "f", Requests.READ, 0), Requests.read(Stateid.CURRENT))
        .is(Nfs4Status.BAD_STATEID);
  }

  // --- replay ---

  @Test
  void retransmittedOpenGetsItsResultAndItsFile() {
    client.close("f", client.opened("o", 1, "f"), 3).is(Nfs4Status.OK);
    XdrBytes open = client.open("o", 4, "f", Requests.READ, Requests.READ);
    byte[] first = client.call(putRoot(), open, op(Operation.GETFH)).is(Nfs4Status.OK).result();
    byte[] again = client.call(putRoot(), open, op(Operation.GETFH)).result();
    assertArrayEquals(first, again);
    client
        .call(putRoot(), client.open("o", 5, "f", Requests.READ, Requests.READ))
        .is(Nfs4Status.SHARE_DENIED);
  }

  @Test
  void retransmittedErrorIsTheSameThoughThingsHaveChanged() {
    client.opened("o", 1, "f");
    XdrBytes open = client.open("o", 3, "g", Requests.READ, 0);
    client.call(putRoot(), open).is(Nfs4Status.NOENT);
    Client40.confirmed(server, "other").opened("o", 1, "g");
    client.call(putRoot(), open).is(Nfs4Status.NOENT);
    client.call(putRoot(), client.open("o", 4, "g", Requests.READ, 0)).is(Nfs4Status.OK);
  }

  @Test
  void sameSeqidWithOtherArgumentsIsBad() {
    Stateid open = client.opened("o", 1, "f");
    client.call(putRoot(), client.open("o", 3, "f", Requests.READ, 0)).is(Nfs4Status.OK);
    client.call(putRoot(), client.open("o", 3, "f", Requests.WRITE, 0)).is(Nfs4Status.BAD_SEQID);
    client.close("f", open, 3).is(Nfs4Status.BAD_SEQID);
    client.call(putRoot(), client.open("o", 6, "f", Requests.READ, 0)).is(Nfs4Status.BAD_SEQID);
    client.call(putRoot(), client.open("o", 4, "f", Requests.READ, 0)).is(Nfs4Status.OK);
  }

  @Test
  void retransmittedCloseFindsItsOwner() {
    Stateid open = client.opened("o", 1, "f");
    byte[] first = client.close("f", open, 3).is(Nfs4Status.OK).result();
    assertArrayEquals(first, client.close("f", open, 3).result());
    client.close("f", open, 4).is(Nfs4Status.BAD_STATEID);
    assertEquals(0, server.state.counts().opens());
  }

  @Test
  void seqidWraps() {
    Stateid open = client.opened("o", -2, "f");
    client.close("f", open, 0).is(Nfs4Status.OK);
    client.call(putRoot(), client.openCreating("o", 1, "f")).is(Nfs4Status.OK);
  }

  @Test
  void errorsThatSayThatNothingWasSeenKeepTheSeqid() {
    Stateid open = client.opened("o", 1, "f");
    client.call(stateid(op(Operation.CLOSE).i(3), open)).is(Nfs4Status.NOFILEHANDLE);
    client.call(putRoot(), stateid(op(Operation.CLOSE).i(3), open)).is(Nfs4Status.BAD_STATEID);
    client.close("f", Stateid.ANONYMOUS, 3).is(Nfs4Status.BAD_STATEID);
    client.close("f", open, 9).is(Nfs4Status.BAD_SEQID);
    client.close("f", open, 3).is(Nfs4Status.OK);
  }

  @Test
  void otherErrorsUseTheSeqidUp() {
    Stateid open = client.opened("o", 1, "f");
    client.close("f", open.withSeqid(1), 3).is(Nfs4Status.OLD_STATEID);
    client
        .on("f", stateid(op(Operation.OPEN_DOWNGRADE), open).i(4, 0, 0))
        .next(Operation.OPEN_DOWNGRADE, Nfs4Status.INVAL);
    client.close("f", open, 5).is(Nfs4Status.OK);
  }

  @Test
  void operationWaitsForTheOneBeforeOfItsOwner() {
    Completions completions = Completions.shuffled(1);
    StateHarness slow = new StateHarness(completions);
    Client40 opener = new Client40(slow, "opener");
    releasing(opener, completions, opener.message(opener.setClientIdOf(1)));
    Reply set = new Reply(opener.connection.replies().get(0)).ok(Operation.SETCLIENTID);
    opener.clientId = set.l();
    long confirm = set.l();
    releasing(
        opener,
        completions,
        opener.message(op(Operation.SETCLIENTID_CONFIRM).l(opener.clientId, confirm)));
    opener.connection.replies();
    XdrBytes open = opener.openCreating("o", 1, "f");
    opener.connection.receive(Calls.record(opener.message(putRoot(), open)));
    opener.connection.receive(Calls.record(opener.message(putRoot(), open)));
    assertEquals(List.of(), opener.connection.replies());
    completions.releaseAll();
    List<byte[]> replies = opener.connection.replies();
    assertEquals(2, replies.size());
    assertArrayEquals(new Reply(replies.get(0)).result(), new Reply(replies.get(1)).result());
    assertEquals(1, slow.state.counts().opens());
  }

  private static void releasing(Client40 client, Completions completions, byte[] message) {
    client.connection.receive(Calls.record(message));
    completions.releaseAll();
  }

  @Test
  void idleOpenOwnersAreBounded() {
    for (int i = 0; i < 1000; i++) {
      Stateid open = client.opened("owner" + i, 1, "f");
      client.close("f", open, 3).is(Nfs4Status.OK);
    }
    Reply forgotten = client.call(putRoot(), client.openCreating("owner0", 4, "f"));
    assertEquals(RESULT_CONFIRM, resultFlags(forgotten.is(Nfs4Status.OK)) & RESULT_CONFIRM);
    Reply known = client.call(putRoot(), client.openCreating("owner999", 4, "f"));
    assertEquals(0, resultFlags(known.is(Nfs4Status.OK)) & RESULT_CONFIRM);
  }

  // --- locks ---

  private Stateid locked(int openSeqid, Stateid open, String owner, long offset, long length) {
    return client
        .on("f", client.firstLock(openSeqid, open, 0, owner, offset, length))
        .is(Nfs4Status.OK)
        .ok(Operation.LOCK)
        .stateid();
  }

  @Test
  void lockOwnerCountsForItselfAfterItsFirstLock() {
    Stateid open = client.opened("o", 1, "f");
    Stateid lock = locked(3, open, "l", 0, 10);
    client.on("f", client.nextLock(lock, 2, 20, 10)).is(Nfs4Status.BAD_SEQID);
    Reply second = client.on("f", client.nextLock(lock, 1, 20, 10)).is(Nfs4Status.OK);
    Stateid after = second.ok(Operation.LOCK).stateid();
    assertEquals(lock.seqid() + 1, after.seqid());
    client.on("f", client.nextLock(lock, 2, 40, 10)).is(Nfs4Status.OLD_STATEID);
    client.on("f", client.unlock(after, 3, 0, TO_END)).is(Nfs4Status.OK);
    client.close("f", open, 4).is(Nfs4Status.OK);
  }

  @Test
  void retransmittedLocksGetTheirResults() {
    Stateid open = client.opened("o", 1, "f");
    XdrBytes first = client.firstLock(3, open, 0, "l", 0, 10);
    byte[] granted = client.on("f", first).is(Nfs4Status.OK).result();
    assertArrayEquals(granted, client.on("f", first).result());
    Stateid lock =
        new Reply(client.connection.call(client.message(putRoot(), Requests.lookup("f"), first)))
            .ok(Operation.PUTROOTFH)
            .ok(Operation.LOOKUP)
            .ok(Operation.LOCK)
            .stateid();
    XdrBytes next = client.nextLock(lock, 1, 20, 10);
    byte[] second = client.on("f", next).is(Nfs4Status.OK).result();
    assertArrayEquals(second, client.on("f", next).result());
    XdrBytes unlock = client.unlock(lock.withSeqid(2), 2, 0, TO_END);
    byte[] unlocked = client.on("f", unlock).is(Nfs4Status.OK).result();
    assertArrayEquals(unlocked, client.on("f", unlock).result());
  }

  @Test
  void deniedLockIsDeniedAgainThoughItIsFree() {
    Client40 other = Client40.confirmed(server, "other");
    Stateid theirs = other.opened("o", 1, "f");
    Stateid held =
        other.on("f", other.firstLock(3, theirs, 0, "l", 0, 10)).ok(Operation.LOCK).stateid();
    Stateid open = client.opened("o", 1, "f");
    XdrBytes first = client.firstLock(3, open, 0, "l", 5, 10);
    byte[] denied = client.on("f", first).is(Nfs4Status.DENIED).result();
    other.on("f", other.unlock(held, 1, 0, TO_END)).is(Nfs4Status.OK);
    assertArrayEquals(denied, client.on("f", first).result());
    client.on("f", client.firstLock(4, open, 1, "l", 5, 10)).is(Nfs4Status.OK);
  }

  @Test
  void knownLockOwnerComesToAnotherFileWithItsNextSeqid() {
    Stateid open = client.opened("o", 1, "f");
    locked(3, open, "l", 0, 10);
    Stateid other = client.opened("p", 1, "g");
    client.on("g", client.firstLock(3, other, 7, "l", 0, 10)).is(Nfs4Status.BAD_SEQID);
    client.on("g", client.firstLock(3, other, 1, "l", 0, 10)).is(Nfs4Status.OK);
  }

  @Test
  void lockOwnerIsReleasedWithoutLocksOnly() {
    Stateid open = client.opened("o", 1, "f");
    Stateid lock = locked(3, open, "l", 0, 10);
    client.releaseLockOwner("l").is(Nfs4Status.LOCKS_HELD);
    client.on("f", client.unlock(lock, 1, 0, TO_END)).is(Nfs4Status.OK);
    client.releaseLockOwner("l").is(Nfs4Status.OK);
    client.on("f", client.nextLock(lock.withSeqid(2), 2, 0, 1)).is(Nfs4Status.BAD_STATEID);
    client.releaseLockOwner("nobody").is(Nfs4Status.OK);
    Stateid again = locked(4, open, "l", 0, 10);
    assertNotEquals(lock.otherHigh(), again.otherHigh());
  }

  @Test
  void lockOfStrangersClientIdIsStale() {
    Stateid open = client.opened("o", 1, "f");
    long clientId = client.clientId;
    client.clientId = 0;
    XdrBytes lock = client.firstLock(3, open, 0, "l", 0, 10);
    client.clientId = clientId;
    client.on("f", lock).is(Nfs4Status.STALE_CLIENTID);
    client.on("f", client.firstLock(3, open, 0, "l", 0, 10)).is(Nfs4Status.OK);
  }

  @Test
  void lockTestSeesOthersLocks() {
    Stateid open = client.opened("o", 1, "f");
    locked(3, open, "l", 0, 10);
    Client40 other = Client40.confirmed(server, "other");
    XdrBytes test = op(Operation.LOCKT).i(2).l(5, 1).l(other.clientId).string("x");
    other.on("f", test).next(Operation.LOCKT, Nfs4Status.DENIED);
    XdrBytes own = op(Operation.LOCKT).i(2).l(5, 1).l(client.clientId).string("l");
    client.on("f", own).ok(Operation.LOCKT);
  }

  @Test
  void locksExcludeAcrossMinorVersions() {
    Stateid open = client.opened("o", 1, "f");
    locked(3, open, "l", 0, 10);
    StateHarness.Client later = server.mount("later");
    Stateid theirs = later.open("f", Requests.BOTH, 0);
    later
        .call(putRoot(), Requests.lookup("f"), Requests.lock(2, 0, 5, theirs, "l"))
        .is(Nfs4Status.DENIED);
    later.call(putRoot(), Requests.lookup("f"), Requests.read(open)).is(Nfs4Status.BAD_STATEID);
    client.on("f", Requests.read(theirs)).next(Operation.READ, Nfs4Status.BAD_STATEID);
  }
}
