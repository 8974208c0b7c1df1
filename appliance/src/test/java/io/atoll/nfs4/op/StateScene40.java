package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.READ;
import static io.atoll.nfs4.op.Requests.WRITE;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.op.StateScene.Call;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** As {@link StateScene}, of NFSv4.0. */
final class StateScene40 implements MalformedScene {
  private static final int GUARDED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int CLAIM_DELEGATE_CURRENT = 2;
  private static final int CLAIM_DELEGATE_PREVIOUS = 3;

  private static final int SIZE = 1 << 4;
  private static final int MODE = 1 << 1;
  private static final int OWNER = 1 << 4;
  private static final int GROUP = 1 << 5;
  private static final int ACCESS_TIME = 1 << 16;
  private static final int MODIFY_TIME = 1 << 22;

  private static final int READ_LT = 1;
  private static final int WRITE_LT = 2;
  private static final int READW_LT = 3;
  private static final long MAX_FILE_BYTES = 16 << 10;

  /**
   * Not the other one's: a bent client ID may be the witness's, and nothing in NFSv4.0 forbids it.
   */
  private static final String WITNESS_OWNER = "witness's owner";

  /** Those that have an owner's seqid. */
  private static final Set<Operation> SEQUENCED =
      EnumSet.of(
          Operation.CLOSE,
          Operation.LOCK,
          Operation.LOCKU,
          Operation.OPEN,
          Operation.OPEN_CONFIRM,
          Operation.OPEN_DOWNGRADE);

  private static final Set<Operation> CHANGING_CLIENTS =
      EnumSet.of(Operation.RELEASE_LOCKOWNER, Operation.SETCLIENTID, Operation.SETCLIENTID_CONFIRM);

  /** What leaves a seqid as it was (RFC 7530, section 9.1.7). */
  private static final Set<Nfs4Status> LEAVING_SEQID =
      EnumSet.of(
          Nfs4Status.BADXDR,
          Nfs4Status.BAD_SEQID,
          Nfs4Status.BAD_STATEID,
          Nfs4Status.NOFILEHANDLE,
          Nfs4Status.RESOURCE,
          Nfs4Status.STALE_CLIENTID,
          Nfs4Status.STALE_STATEID);

  private final StateHarness server;
  private final Client40 witness;

  /** Whose calls are bent. */
  final Client40 client;

  private final boolean inGrace;
  private final Stateid witnessed;
  private final Stateid opened;
  private final Stateid locked;

  /** Of another owner, who has not confirmed it; none in grace. */
  private final Stateid unconfirmed;

  private int witnessSeqid = 4;

  private StateScene40(StateHarness server, boolean inGrace) {
    this.server = server;
    this.inGrace = inGrace;
    server.files.limitFileSize(MAX_FILE_BYTES);
    witness = Client40.confirmed(server, "witness");
    Stateid theirs = witness.opened(WITNESS_OWNER, 1, "theirs");
    lock(witness, "theirs", theirs, WITNESS_OWNER, false);
    client = Client40.confirmed(server, "client");
    Stateid own = client.opened("owner", 1, "file");
    client
        .call(putRoot(), op(Operation.CREATE).i(2).string("directory").i(1, 0).i(0))
        .is(Nfs4Status.OK);
    if (inGrace) {
      server.restart();
      witnessed = reclaim(witness, "theirs", WITNESS_OWNER);
      opened = reclaim(client, "file", "owner");
      unconfirmed = opened;
    } else {
      witnessed = theirs;
      opened = own;
      unconfirmed =
          client
              .call(putRoot(), client.open("unconfirmed", 1, "file", READ, 0))
              .is(Nfs4Status.OK)
              .ok(Operation.PUTROOTFH)
              .ok(Operation.OPEN)
              .stateid();
    }
    locked = lock(client, "file", opened, "locker", inGrace);
  }

  /** With the grace period over, in which everything may be opened. */
  static StateScene40 ordinary() {
    return new StateScene40(new StateHarness(), false);
  }

  /** After a restart, when nothing but what was held before may be opened or locked. */
  static StateScene40 inGrace() {
    return new StateScene40(new StateHarness(), true);
  }

  /** Its owner's next seqid is 3 afterwards, as after an open that was confirmed. */
  private static Stateid reclaim(Client40 by, String name, String owner) {
    by.reconnect();
    by.setClientId(1).is(Nfs4Status.OK);
    by.confirm().is(Nfs4Status.OK);
    return by.on(name, by.reclaim(owner, 2)).is(Nfs4Status.OK).ok(Operation.OPEN).stateid();
  }

  /** Takes the open-owner's seqid 3, and the lock-owner's 0. */
  private static Stateid lock(
      Client40 by, String name, Stateid open, String owner, boolean reclaim) {
    return by.on(name, firstLock(by, 3, open, owner, reclaim, 0, 10))
        .is(Nfs4Status.OK)
        .ok(Operation.LOCK)
        .stateid();
  }

  private static XdrBytes firstLock(
      Client40 by,
      int openSeqid,
      Stateid open,
      String owner,
      boolean reclaim,
      long offset,
      long length) {
    XdrBytes lock = op(Operation.LOCK).i(WRITE_LT, reclaim ? 1 : 0).l(offset, length);
    return stateid(lock.i(1, openSeqid), open).i(0).l(by.clientId).string(owner);
  }

  @Override
  public StateHarness server() {
    return server;
  }

  @Override
  public TestConnection connection() {
    return client.connection;
  }

  @Override
  public TestConnection witness() {
    return witness.connection;
  }

  @Override
  public Message message(Call call) {
    XdrBytes body = xdr();
    call.operations().forEach(operation -> body.raw(operation.bytes()));
    byte[] bytes = body.bytes();
    byte[] whole = client.message(call.operations().toArray(XdrBytes[]::new));
    return new Message(Arrays.copyOf(whole, whole.length - bytes.length), bytes);
  }

  /** The witness reads what it has open, and opens and closes another file. */
  @Override
  public void serves() {
    if (inGrace) {
      witness.call(putRoot(), lookup("theirs")).is(Nfs4Status.OK);
      return;
    }
    witness.on("theirs", Requests.read(witnessed)).is(Nfs4Status.OK);
    Stateid own =
        witness
            .call(putRoot(), witness.openCreating(WITNESS_OWNER, witnessSeqid++, "its-own"))
            .is(Nfs4Status.OK)
            .ok(Operation.PUTROOTFH)
            .ok(Operation.OPEN)
            .stateid();
    witness.close("its-own", own, witnessSeqid++).is(Nfs4Status.OK);
  }

  /** A whole message may be bent into one of NFSv4.1, which has no session. */
  @Override
  public boolean allows(Operation operation, Nfs4Status status) {
    return status == Nfs4Status.OP_NOT_IN_SESSION || ErrorSets.allow(0, operation, status);
  }

  /** A seqid that an error has used up is as much of a change as a success. */
  @Override
  public boolean isChangedBy(List<Result> results) {
    return results.getLast().status().isOk() || mayHaveChanged(results);
  }

  @Override
  public boolean mayHaveChanged(List<Result> results) {
    return results.stream().anyMatch(StateScene40::mayHaveChanged);
  }

  private static boolean mayHaveChanged(Result result) {
    Operation operation = Operation.ofNumber(result.number());
    return (SEQUENCED.contains(operation) && !LEAVING_SEQID.contains(result.status()))
        || (CHANGING_CLIENTS.contains(operation) && result.status().isOk());
  }

  @Override
  public List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    opens(calls);
    openStates(calls);
    locks(calls);
    clients(calls);
    attributes(calls);
    return calls;
  }

  private static void add(List<Call> calls, String name, XdrBytes... operations) {
    calls.add(new Call(name, false, List.of(operations)));
  }

  private XdrBytes share(String owner, int seqid) {
    return client.openShare(owner, seqid, BOTH, 0);
  }

  private void opens(List<Call> calls) {
    add(calls, "OPEN", putRoot(), client.open("owner", 4, "file", READ, 0));
    add(calls, "OPEN, deny", putRoot(), client.open("owner", 4, "file", BOTH, WRITE));
    add(calls, "OPEN, new owner", putRoot(), client.open("newcomer", 9, "file", READ, 0));
    add(calls, "OPEN, another's", putRoot(), client.open("owner", 4, "theirs", BOTH, BOTH));
    add(calls, "OPEN, none", putRoot(), client.open("owner", 4, "none", READ, 0));
    add(calls, "OPEN, directory", putRoot(), client.open("owner", 4, "directory", READ, 0));
    XdrBytes toNothing = xdr().i(2, SIZE, MODE, 12).l(0).i(0600);
    add(
        calls,
        "OPEN, truncate",
        putRoot(),
        share("owner", 4).i(1, 0).raw(toNothing.bytes()).i(0).string("file"));
    add(calls, "OPEN, unchecked", putRoot(), client.openCreating("owner", 4, "new"));
    XdrBytes values = xdr().l(7).i(0640).string("12").string("34").i(1).l(5).i(6).i(0);
    add(
        calls,
        "OPEN, guarded",
        putRoot(),
        share("owner", 4)
            .i(1, GUARDED)
            .i(2, SIZE, MODE | OWNER | GROUP | ACCESS_TIME | MODIFY_TIME)
            .opaque(values.bytes())
            .i(0)
            .string("guarded"));
    add(
        calls,
        "OPEN, exclusive",
        putRoot(),
        share("owner", 4).i(1, EXCLUSIVE).l(77).i(0).string("only"));
    add(calls, "OPEN, reclaim", putRoot(), lookup("file"), client.reclaim("owner", 4));
    add(
        calls,
        "OPEN, delegate current",
        putRoot(),
        stateid(share("owner", 4).i(0, CLAIM_DELEGATE_CURRENT), opened).string("file"));
    add(
        calls,
        "OPEN, delegate previous",
        putRoot(),
        share("owner", 4).i(0, CLAIM_DELEGATE_PREVIOUS).string("file"));
  }

  private void openStates(List<Call> calls) {
    add(calls, "OPEN_CONFIRM", onFile(stateid(op(Operation.OPEN_CONFIRM), unconfirmed).i(2)));
    add(
        calls,
        "OPEN_DOWNGRADE",
        onFile(stateid(op(Operation.OPEN_DOWNGRADE), opened).i(4, READ, 0)));
    add(calls, "CLOSE, locked", onFile(stateid(op(Operation.CLOSE).i(4), opened)));
    add(calls, "CLOSE, unconfirmed", onFile(stateid(op(Operation.CLOSE).i(2), unconfirmed)));
  }

  private static XdrBytes[] onFile(XdrBytes operation) {
    return new XdrBytes[] {putRoot(), lookup("file"), operation};
  }

  private static XdrBytes[] onTheirs(XdrBytes operation) {
    return new XdrBytes[] {putRoot(), lookup("theirs"), operation};
  }

  private void locks(List<Call> calls) {
    add(calls, "LOCK", onFile(firstLock(client, 4, opened, "another", false, 20, 5)));
    add(calls, "LOCK, to the end", onFile(firstLock(client, 4, opened, "another", false, 30, -1)));
    add(calls, "LOCK, reclaim", onFile(firstLock(client, 4, opened, "another", true, 60, 5)));
    add(calls, "LOCK, known owner", onFile(client.nextLock(locked, 1, 50, 5)));
    add(
        calls,
        "LOCK, blocking",
        onFile(stateid(op(Operation.LOCK).i(READW_LT, 0).l(70, 5).i(0), locked).i(1)));
    add(calls, "LOCKT", onFile(lockTest(100)));
    add(calls, "LOCKT, denied", onTheirs(lockTest(5)));
    add(calls, "LOCKU", onFile(client.unlock(locked, 1, 3, 2)));
    add(calls, "RELEASE_LOCKOWNER, of none", releaseLockOwner("nobody"));
    add(calls, "RELEASE_LOCKOWNER, locked", releaseLockOwner("locker"));
  }

  private XdrBytes lockTest(long offset) {
    return op(Operation.LOCKT).i(READ_LT).l(offset, 5).l(client.clientId).string("another");
  }

  private XdrBytes releaseLockOwner(String owner) {
    return op(Operation.RELEASE_LOCKOWNER).l(client.clientId).string(owner);
  }

  private void clients(List<Call> calls) {
    add(calls, "SETCLIENTID, again", client.setClientIdOf(1));
    add(calls, "SETCLIENTID, restart", client.setClientIdOf(2));
    add(calls, "SETCLIENTID, newcomer", new Client40(server, "newcomer").setClientIdOf(1));
    add(
        calls,
        "SETCLIENTID_CONFIRM",
        op(Operation.SETCLIENTID_CONFIRM).l(client.clientId, client.confirm));
    add(calls, "RENEW", op(Operation.RENEW).l(client.clientId));
    add(calls, "DELEGPURGE", op(Operation.DELEGPURGE).l(client.clientId));
    add(calls, "DELEGRETURN", onFile(stateid(op(Operation.DELEGRETURN), opened)));
  }

  private void attributes(List<Call> calls) {
    add(calls, "SETATTR, size", onFile(stateid(op(Operation.SETATTR), opened).i(1, SIZE, 8).l(9)));
    XdrBytes values = xdr().i(0600).string("12").string("34").i(0).i(1).l(-5).i(6);
    add(
        calls,
        "SETATTR",
        onFile(
            stateid(op(Operation.SETATTR), Stateid.ANONYMOUS)
                .i(2, 0, MODE | OWNER | GROUP | ACCESS_TIME | MODIFY_TIME)
                .opaque(values.bytes())));
    add(calls, "READ", onFile(Requests.read(opened)));
    add(calls, "WRITE", onFile(Requests.write(opened, "content")));
  }

  @Override
  public void close() {
    server.advanceSeconds(3 * StateHarness.LEASE_SECONDS);
    client.connection.close();
    witness.connection.close();
  }
}
