package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;

import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;

/** A client of NFSv4.0, which says itself which client ID and which seqids it uses. */
final class Client40 {
  static final int CLAIM_PREVIOUS = 1;
  static final int RESULT_CONFIRM = 2;
  private static final int PROGRAM = 0x4000_0000;
  private static int lastXid = 1 << 20;

  TestConnection connection;
  private final StateHarness server;
  private final String name;
  private final int uid;
  long clientId;
  long confirm;

  Client40(StateHarness server, String name) {
    this(server, name, 0);
  }

  Client40(StateHarness server, String name, int uid) {
    this.server = server;
    this.name = name;
    this.uid = uid;
    this.connection = server.connect();
  }

  /** A client that has confirmed its ID. */
  static Client40 confirmed(StateHarness server, String name) {
    Client40 client = new Client40(server, name);
    client.setClientId(1).is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    return client;
  }

  /** Connects to the server, which has restarted. */
  void reconnect() {
    connection = server.connect();
  }

  // --- compounds ---

  byte[] message(XdrBytes... operations) {
    lastXid++;
    return message(lastXid, operations);
  }

  byte[] message(int xid, XdrBytes... operations) {
    XdrBytes message =
        Calls.header(xid, Nfs4Program.NUMBER, Nfs4Program.VERSION, 1, uid)
            .string("")
            .i(0, operations.length);
    for (XdrBytes operation : operations) {
      message.raw(operation.bytes());
    }
    return message.bytes();
  }

  Reply call(XdrBytes... operations) {
    return new Reply(connection.call(message(operations)));
  }

  /** Operations on a file of the root directory. */
  Reply on(String file, XdrBytes operation) {
    Reply reply = call(putRoot(), Requests.lookup(file), operation);
    return reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP);
  }

  // --- clients ---

  Reply setClientId(long verifier) {
    Reply reply = call(setClientIdOf(verifier));
    if (reply.status() == 0) {
      clientId = reply.ok(Operation.SETCLIENTID).l();
      confirm = reply.l();
    }
    return reply;
  }

  XdrBytes setClientIdOf(long verifier) {
    return op(Operation.SETCLIENTID)
        .l(verifier)
        .string(name)
        .i(PROGRAM)
        .string("tcp")
        .string("127.0.0.1.3.255")
        .i(7);
  }

  Reply confirm() {
    return confirm(clientId, confirm);
  }

  Reply confirm(long id, long verifier) {
    return call(op(Operation.SETCLIENTID_CONFIRM).l(id, verifier));
  }

  Reply renew() {
    return call(op(Operation.RENEW).l(clientId));
  }

  // --- opens ---

  /** OPEN up to its openhow. */
  XdrBytes openShare(String owner, int seqid, int access, int deny) {
    return op(Operation.OPEN).i(seqid, access, deny).l(clientId).string(owner);
  }

  XdrBytes openCreating(String owner, int seqid, String file) {
    return openShare(owner, seqid, Requests.BOTH, 0)
        .i(1, 0)
        .i(2, 0, 1 << 1, 4, 0644)
        .i(0)
        .string(file);
  }

  XdrBytes open(String owner, int seqid, String file, int access, int deny) {
    return openShare(owner, seqid, access, deny).i(0, 0).string(file);
  }

  /** Creates and opens a file, by an owner that was not known, and confirms. Takes two seqids. */
  Stateid opened(String owner, int seqid, String file) {
    Reply reply = call(putRoot(), openCreating(owner, seqid, file)).is(Nfs4Status.OK);
    Stateid unconfirmed = reply.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    return openConfirm(file, unconfirmed, seqid + 1)
        .is(Nfs4Status.OK)
        .ok(Operation.OPEN_CONFIRM)
        .stateid();
  }

  Reply openConfirm(String file, Stateid stateid, int seqid) {
    return on(file, stateid(op(Operation.OPEN_CONFIRM), stateid).i(seqid));
  }

  Reply close(String file, Stateid stateid, int seqid) {
    return on(file, stateid(op(Operation.CLOSE).i(seqid), stateid));
  }

  XdrBytes reclaim(String owner, int seqid) {
    return openShare(owner, seqid, Requests.BOTH, 0).i(0, CLAIM_PREVIOUS, 0);
  }

  // --- locks ---

  XdrBytes firstLock(
      int openSeqid, Stateid open, int lockSeqid, String owner, long offset, long length) {
    return stateid(op(Operation.LOCK).i(2, 0).l(offset, length).i(1, openSeqid), open)
        .i(lockSeqid)
        .l(clientId)
        .string(owner);
  }

  XdrBytes nextLock(Stateid lock, int seqid, long offset, long length) {
    return stateid(op(Operation.LOCK).i(2, 0).l(offset, length).i(0), lock).i(seqid);
  }

  XdrBytes unlock(Stateid lock, int seqid, long offset, long length) {
    return stateid(op(Operation.LOCKU).i(2, seqid), lock).l(offset, length);
  }

  Reply releaseLockOwner(String owner) {
    return call(op(Operation.RELEASE_LOCKOWNER).l(clientId).string(owner));
  }
}
