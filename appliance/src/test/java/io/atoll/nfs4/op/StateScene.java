package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.READ;
import static io.atoll.nfs4.op.Requests.WRITE;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.open;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.openShare;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.nfs4.op.ReplyGrammar.Result;
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

/**
 * A server in the middle of its life: two clients with files open and locked, and every call on
 * client state that is valid then, in each of its forms.
 */
final class StateScene implements MalformedScene {
  private static final Set<Operation> CHANGING_STATE =
      EnumSet.of(
          Operation.CLOSE,
          Operation.CREATE_SESSION,
          Operation.DESTROY_CLIENTID,
          Operation.DESTROY_SESSION,
          Operation.EXCHANGE_ID,
          Operation.FREE_STATEID,
          Operation.LOCK,
          Operation.LOCKU,
          Operation.OPEN,
          Operation.OPEN_DOWNGRADE);

  private static final int GUARDED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int EXCLUSIVE_WITH_ATTRIBUTES = 3;

  private static final int SIZE = 1 << 4;
  private static final int MODE = 1 << 1;
  private static final int OWNER = 1 << 4;
  private static final int GROUP = 1 << 5;
  private static final int ACCESS_TIME = 1 << 16;
  private static final int MODIFY_TIME = 1 << 22;

  private static final int AUTH_NONE = 0;
  private static final int AUTH_SYS = 1;
  private static final int RPCSEC_GSS = 6;

  private static final int WRITE_LT = 2;
  private static final long MAX_FILE_BYTES = 16 << 10;

  final StateHarness server;

  /** Whose calls are bent. */
  final StateHarness.Client client;

  /** Who is to be served whatever the other one sends. */
  final StateHarness.Client witness;

  private final boolean inGrace;
  private final Stateid witnessed;
  private final Stateid opened;
  private final Stateid locked;
  private final Stateid contested;

  /**
   * A call in one of its forms.
   *
   * @param session whether it runs in the client's session
   */
  record Call(String name, boolean session, List<XdrBytes> operations) {}

  private StateScene(StateHarness server, boolean inGrace) {
    this.server = server;
    this.inGrace = inGrace;
    server.files.limitFileSize(MAX_FILE_BYTES);
    StateHarness.Client first = server.mount("witness");
    make(first, "theirs");
    Stateid theirs = first.open("theirs", BOTH, 0);
    lock(first, "theirs", theirs, 0, 99);
    StateHarness.Client second = server.mount("client");
    make(second, "file");
    second.call(putRoot(), makeDirectory()).is(Nfs4Status.OK);
    if (inGrace) {
      first.connection.close();
      second.connection.close();
      server.restart();
      witness = server.new Client("witness", 1);
      client = server.new Client("client", 1);
      witnessed = theirs;
      opened = reclaim(client, "file");
      contested = theirs;
    } else {
      witness = first;
      client = second;
      witnessed = theirs;
      client.open("file", READ, 0);
      opened = client.open("file", BOTH, 0);
      contested = client.open("theirs", BOTH, 0);
    }
    locked = lock(client, "file", opened, 0, 9);
  }

  /** With the grace period over, in which everything may be opened. */
  static StateScene ordinary() {
    return new StateScene(new StateHarness(), false);
  }

  /** After a restart, when nothing but what was held before may be opened or locked. */
  static StateScene inGrace() {
    return new StateScene(new StateHarness(), true);
  }

  private static void make(StateHarness.Client by, String name) {
    by.call(putRoot(), openCreating(name, BOTH, 0644, 0)).is(Nfs4Status.OK);
  }

  private static XdrBytes makeDirectory() {
    return op(Operation.CREATE).i(2).string("directory").i(1, 0).i(0);
  }

  private static Stateid reclaim(StateHarness.Client by, String name) {
    return by.call(putRoot(), lookup(name), share().i(0).i(1, 0))
        .is(Nfs4Status.OK)
        .ok(Operation.PUTROOTFH)
        .ok(Operation.LOOKUP)
        .ok(Operation.OPEN)
        .stateid();
  }

  private Stateid lock(
      StateHarness.Client by, String name, Stateid open, long offset, long length) {
    return by.call(putRoot(), lookup(name), lock(offset, length, open, "locker"))
        .is(Nfs4Status.OK)
        .ok(Operation.PUTROOTFH)
        .ok(Operation.LOOKUP)
        .ok(Operation.LOCK)
        .stateid();
  }

  /** LOCK for writing by a new owner, as a reclaim where nothing else is allowed. */
  private XdrBytes lock(long offset, long length, Stateid open, String owner) {
    XdrBytes lock = op(Operation.LOCK).i(WRITE_LT, server.state.isInGrace() ? 1 : 0);
    return stateid(lock.l(offset, length).i(1, 0), open).i(0).l(0).string(owner);
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
    XdrBytes[] operations = call.operations().toArray(XdrBytes[]::new);
    XdrBytes body = xdr();
    call.operations().forEach(operation -> body.raw(operation.bytes()));
    byte[] bytes = body.bytes();
    byte[] whole =
        call.session()
            ? client.prepare(true, operations)
            : server.message(0, operations.length, body);
    return new Message(Arrays.copyOf(whole, whole.length - bytes.length), bytes);
  }

  @Override
  public boolean allows(Operation operation, Nfs4Status status) {
    return ErrorSets.allow(1, operation, status);
  }

  @Override
  public boolean isChangedBy(List<Result> results) {
    return results.getLast().status().isOk();
  }

  @Override
  public boolean mayHaveChanged(List<Result> results) {
    return results.stream()
        .anyMatch(result ->
            (result.status().isOk() || result.status() == Nfs4Status.DENIED) // it may wait then
                && CHANGING_STATE.contains(Operation.ofNumber(result.number())));
  }

  /** The witness reads what it has open, and opens, locks and closes another file. */
  @Override
  public void serves() {
    if (inGrace) {
      witness.call(putRoot(), lookup("theirs")).is(Nfs4Status.OK);
      return;
    }
    witness.call(putRoot(), lookup("theirs"), Requests.read(witnessed)).is(Nfs4Status.OK);
    Stateid own =
        witness
            .call(putRoot(), openCreating("its-own", BOTH, 0600, -1))
            .is(Nfs4Status.OK)
            .ok(Operation.PUTROOTFH)
            .ok(Operation.OPEN)
            .stateid();
    XdrBytes unlock = stateid(op(Operation.LOCKU).i(WRITE_LT, 0), Stateid.CURRENT).l(0, 10);
    witness
        .call(
            putRoot(),
            lookup("its-own"),
            Requests.lock(WRITE_LT, 0, 10, own, "locker"),
            unlock,
            op(Operation.FREE_STATEID).i(0).l(0).i(0))
        .is(Nfs4Status.BAD_STATEID); // an anonymous one frees nothing
    witness.call(putRoot(), lookup("its-own"), Requests.close(own)).is(Nfs4Status.OK);
  }

  @Override
  public List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    opens(calls);
    openStates(calls);
    locks(calls);
    stateids(calls);
    clients(calls);
    sessions(calls);
    attributes(calls);
    return calls;
  }

  private static void add(List<Call> calls, String name, XdrBytes... operations) {
    calls.add(new Call(name, true, List.of(operations)));
  }

  private static void addBare(List<Call> calls, String name, XdrBytes operation) {
    calls.add(new Call(name, false, List.of(operation)));
    calls.add(new Call(name + ", in a session", true, List.of(operation)));
  }

  private void opens(List<Call> calls) {
    add(calls, "OPEN", putRoot(), open("file", READ, 0));
    add(calls, "OPEN, deny", putRoot(), open("file", BOTH, WRITE));
    add(calls, "OPEN, wants", putRoot(), open("file", READ | 0x0400, 0));
    add(calls, "OPEN, another's", putRoot(), open("theirs", BOTH, BOTH));
    add(calls, "OPEN, none", putRoot(), open("none", READ, 0));
    add(calls, "OPEN, directory", putRoot(), open("directory", READ, 0));
    add(calls, "OPEN, truncate", putRoot(), openCreating("file", BOTH, 0600, 0));
    add(calls, "OPEN, unchecked", putRoot(), openCreating("new", BOTH, 0600, 4096));
    XdrBytes values = xdr().l(7).i(0640).string("12").string("34").i(1).l(5).i(6).i(0);
    add(
        calls,
        "OPEN, guarded",
        putRoot(),
        creating(GUARDED)
            .i(2, SIZE, MODE | OWNER | GROUP | ACCESS_TIME | MODIFY_TIME)
            .opaque(values.bytes())
            .i(0)
            .string("guarded"));
    add(calls, "OPEN, exclusive", putRoot(), creating(EXCLUSIVE).l(77).i(0).string("only"));
    add(
        calls,
        "OPEN, exclusive with attributes",
        putRoot(),
        creating(EXCLUSIVE_WITH_ATTRIBUTES).l(78).i(2, 0, MODE, 4, 0600).i(0).string("only"));
    add(
        calls,
        "OPEN, delegate current",
        putRoot(),
        stateid(share().i(0).i(2), opened).string("file"));
    add(calls, "OPEN, delegate previous", putRoot(), share().i(0).i(3).string("file"));
    for (int claim : new int[] {4, 6}) {
      add(calls, "OPEN, claim " + claim, putRoot(), lookup("file"), share().i(0).i(claim));
    }
    add(calls, "OPEN, claim 5", putRoot(), lookup("file"), stateid(share().i(0).i(5), opened));
    add(calls, "OPEN, reclaim", putRoot(), lookup("file"), share().i(0).i(1, 0));
  }

  private static XdrBytes share() {
    return openShare(BOTH, 0, "owner");
  }

  private static XdrBytes creating(int mode) {
    return share().i(1, mode);
  }

  private void openStates(List<Call> calls) {
    add(calls, "CLOSE", onFile(Requests.close(opened)));
    add(calls, "CLOSE, current", putRoot(), open("file", READ, 0), closeCurrent());
    add(
        calls,
        "OPEN_DOWNGRADE",
        onFile(stateid(op(Operation.OPEN_DOWNGRADE), opened).i(0, READ, 0)));
  }

  private static XdrBytes closeCurrent() {
    return Requests.close(Stateid.CURRENT);
  }

  private static XdrBytes[] onFile(XdrBytes operation) {
    return new XdrBytes[] {putRoot(), lookup("file"), operation};
  }

  private static XdrBytes[] onTheirs(XdrBytes operation) {
    return new XdrBytes[] {putRoot(), lookup("theirs"), operation};
  }

  private void locks(List<Call> calls) {
    add(calls, "LOCK", onFile(Requests.lock(WRITE_LT, 20, 5, opened, "another")));
    add(calls, "LOCK, to the end", onFile(Requests.lock(1, 30, -1, opened, "another")));
    add(
        calls,
        "LOCK, known owner",
        onFile(stateid(op(Operation.LOCK).i(WRITE_LT, 0).l(50, 5).i(0), locked).i(0)));
    add(calls, "LOCK, denied", onTheirs(Requests.lock(4, 5, 5, contested, "another")));
    add(
        calls,
        "LOCK, reclaim",
        onFile(
            stateid(op(Operation.LOCK).i(1, 1).l(60, 5).i(1, 0), opened)
                .i(0)
                .l(0)
                .string("another")));
    add(calls, "LOCKT", onFile(lockTest(100)));
    add(calls, "LOCKT, denied", onTheirs(lockTest(5)));
    add(calls, "LOCKU", onFile(stateid(op(Operation.LOCKU).i(WRITE_LT, 0), locked).l(3, 2)));
  }

  private XdrBytes lockTest(long offset) {
    return op(Operation.LOCKT).i(1).l(offset, 5).l(client.clientId).string("another");
  }

  private void stateids(List<Call> calls) {
    XdrBytes three = op(Operation.TEST_STATEID).i(3);
    stateid(stateid(stateid(three, opened), locked), Stateid.ANONYMOUS);
    add(calls, "TEST_STATEID", three);
    add(calls, "TEST_STATEID of none", op(Operation.TEST_STATEID).i(0));
    add(calls, "FREE_STATEID", stateid(op(Operation.FREE_STATEID), locked));
    add(calls, "DELEGRETURN", onFile(stateid(op(Operation.DELEGRETURN), opened)));
    add(calls, "DELEGPURGE", op(Operation.DELEGPURGE).l(client.clientId));
  }

  private void clients(List<Call> calls) {
    addBare(calls, "EXCHANGE_ID", Requests.exchangeId("newcomer", 1, 0x103));
    addBare(calls, "EXCHANGE_ID, again", Requests.exchangeId("client", 1, 0));
    addBare(calls, "EXCHANGE_ID, restart", Requests.exchangeId("client", 2, 0));
    addBare(calls, "EXCHANGE_ID, update", Requests.exchangeId("client", 1, 0x4000_0000));
    addBare(
        calls,
        "EXCHANGE_ID, named",
        op(Operation.EXCHANGE_ID)
            .l(1)
            .string("newcomer")
            .i(0, 0, 1)
            .string("example.org")
            .string("name")
            .l(1)
            .i(2));
    addBare(
        calls,
        "EXCHANGE_ID, machine credential",
        op(Operation.EXCHANGE_ID).l(1).string("newcomer").i(0, 1, 2, 1, 2, 1, 3, 0));
    addBare(
        calls,
        "EXCHANGE_ID, secret",
        op(Operation.EXCHANGE_ID)
            .l(1)
            .string("newcomer")
            .i(0, 2, 1, 1, 0, 1)
            .string("hash")
            .i(1)
            .string("cipher")
            .i(9, 9, 0));
    addBare(calls, "DESTROY_CLIENTID", op(Operation.DESTROY_CLIENTID).l(client.clientId));
    add(calls, "RECLAIM_COMPLETE", op(Operation.RECLAIM_COMPLETE).i(0));
    add(calls, "RECLAIM_COMPLETE, one", putRoot(), op(Operation.RECLAIM_COMPLETE).i(1));
  }

  private void sessions(List<Call> calls) {
    XdrBytes security = securities(xdr());
    addBare(
        calls,
        "CREATE_SESSION",
        op(Operation.CREATE_SESSION)
            .l(client.clientId)
            .i(2, 3)
            .i(0, 1 << 20, 1 << 20, 4096, 16, 8, 1, 5)
            .i(0, 4096, 4096, 0, 2, 1, 0)
            .i(0x4000_0000)
            .raw(security.bytes()));
    addBare(
        calls,
        "DESTROY_SESSION",
        op(Operation.DESTROY_SESSION).l(client.sessionHigh, client.sessionLow));
    addBare(
        calls,
        "BIND_CONN_TO_SESSION",
        op(Operation.BIND_CONN_TO_SESSION).l(client.sessionHigh, client.sessionLow).i(7, 0));
    add(
        calls,
        "BACKCHANNEL_CTL",
        op(Operation.BACKCHANNEL_CTL).i(0x4000_0000).raw(security.bytes()));
    add(calls, "SET_SSV", op(Operation.SET_SSV).string("secret").string("digest"));
    add(calls, "SECINFO_NO_NAME", putRoot(), op(Operation.SECINFO_NO_NAME).i(0));
  }

  /** callback_sec_parms4 of each flavor. */
  private static XdrBytes securities(XdrBytes to) {
    return to.i(3)
        .i(AUTH_NONE)
        .i(AUTH_SYS, 7)
        .string("host")
        .i(1, 2, 2, 3, 4)
        .i(RPCSEC_GSS, 1)
        .string("from")
        .string("to");
  }

  private void attributes(List<Call> calls) {
    XdrBytes size = stateid(op(Operation.SETATTR), opened).i(1, SIZE, 8).l(9);
    add(calls, "SETATTR, size", onFile(size));
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
