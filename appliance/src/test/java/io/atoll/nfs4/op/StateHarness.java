package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.createSession;
import static io.atoll.nfs4.op.Requests.exchangeId;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.figures.RequestFigures;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.fs.memory.Completions;
import io.atoll.fs.memory.MemoryFileSystem;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.meter.IoTotals;
import io.atoll.nfs4.compound.NfsProgram;
import io.atoll.nfs4.compound.OpTable;
import io.atoll.nfs4.compound.RequestMeter;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.SessionLimits;
import io.atoll.nfs4.state.StateLimits;
import io.atoll.nfs4.state.StateSettings;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.rpc.ManualLoop;
import io.atoll.rpc.PayloadFinder;
import io.atoll.rpc.RpcLimits;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A whole server but for sockets and disk: compounds in, replies out, over a file system in memory
 * that outlives restarts.
 */
final class StateHarness {
  static final int LEASE_SECONDS = 10;
  static final int GRACE_SECONDS = 15;

  final ManualLoop loop = new ManualLoop();
  final MemoryFileSystem files;
  private final Completions completions;
  private final StateLimits limits;
  private final Random random = new Random(1);
  NfsState state;

  /** How clients answer callbacks. */
  CallbackProbe.NullCall callbacks = CallbackProbe.NullCall.NONE;

  /** Of the next start. */
  Identity identity = Squash.DEFAULT;

  /** What its requests are held against. */
  private RequestMeter meter = RequestMeter.unlimited();

  private NfsProgram program;
  private int nextXid = 1;

  StateHarness(Completions completions) {
    this(completions, StateLimits.DEFAULT);
  }

  StateHarness(StateLimits limits) {
    this(Completions.immediate(), limits);
  }

  private StateHarness(Completions completions, StateLimits limits) {
    this.completions = completions;
    this.limits = limits;
    files = new MemoryFileSystem(completions);
    restart();
  }

  StateHarness() {
    this(Completions.immediate());
  }

  /** Usual limits, but for how many files a client may have open. */
  static StateLimits limitsOfOpens(int maxOpensPerClient) {
    StateLimits usual = StateLimits.DEFAULT;
    return usual.with(maxOpensPerClient, usual.maxLocksPerClient(), usual.maxLocksPerFile());
  }

  /** The server goes down and comes up again over the same file system. */
  void restart() {
    if (state != null) {
      state.stop();
      files.restart();
    }
    ClientJournal journal = new ClientJournal(files.records());
    journal.load((status, recorded) -> {
      assertEquals(FsStatus.OK, status);
      state =
          new NfsState(
              new StateSettings(LEASE_SECONDS, GRACE_SECONDS, 0, limits, SessionLimits.DEFAULT),
              loop,
              files.writeVerifier(),
              random,
              journal,
              recorded,
              file -> files.release((FileHandle) file),
              files::graceEnded);
    });
    completions.releaseAll();
    Export export = Export.of(files, identity, new ServerFacts(LEASE_SECONDS, 1 << 20, 1 << 20));
    Map<Operation, Op> ops = FileOperations.all(StateOperations.check(state));
    ops.putAll(StateOperations.all(state, ServerIdentity.of(files.id(), "test"), export.handles()));
    Map<Operation, Op> ops40 = FileOperations.all(StateOperations40.check(state));
    ops40.putAll(
        StateOperations40.all(
            state,
            new CallbackProbe(
                (address, cbProgram, answered) -> callbacks.call(address, cbProgram, answered))));
    List<OpTable> tables = List.of(new OpTable(0, ops40), new OpTable(1, ops));
    program = new NfsProgram(export, tables, 2 << 20, loop::monotonicNanos, meter);
  }

  /** From now on requests are held against {@code admission}; to be called before any comes. */
  void throttle(Admission admission, IoTotals totals, RequestFigures figures) {
    meter = new RequestMeter(admission, totals, figures, () -> state.isInGrace());
    restart();
  }

  /** Operations that the file system was asked for so far. */
  long steps() {
    return completions.count();
  }

  void advanceSeconds(double seconds) {
    loop.advance((long) (seconds * 1e9));
  }

  TestConnection connect() {
    return new TestConnection(
            loop, RpcLimits.DEFAULT, PayloadFinder.NONE, (offset, length) -> null, program)
        .observedBy(ErrorSets::check);
  }

  /** A whole RPC call. */
  byte[] message(int uid, int count, XdrBytes operations) {
    return Calls.header(nextXid++, Nfs4Program.NUMBER, Nfs4Program.VERSION, 1, uid)
        .string("")
        .i(1, count)
        .raw(operations.bytes())
        .bytes();
  }

  /** A compound without a session. */
  Reply bare(TestConnection connection, int uid, XdrBytes operation) {
    return new Reply(connection.call(message(uid, 1, operation)));
  }

  /** A client with a session that has completed its reclaim. */
  Client mount(String owner) {
    Client client = new Client(owner, 1);
    client.reclaimComplete().is(Nfs4Status.OK);
    return client;
  }

  /** A client: an owner, a session, one slot after the other. */
  final class Client {
    final TestConnection connection = connect();
    final long clientId;
    final long sessionHigh;
    final long sessionLow;
    private final int uid;
    private int sequence;

    Client(String owner, long verifier) {
      this(owner, verifier, 0);
    }

    Client(String owner, long verifier, int uid) {
      this.uid = uid;
      Reply exchanged = bare(connection, uid, exchangeId(owner, verifier, 0));
      clientId = exchanged.is(Nfs4Status.OK).ok(Operation.EXCHANGE_ID).l();
      Reply created = bare(connection, uid, createSession(clientId, exchanged.i()));
      sessionHigh = created.is(Nfs4Status.OK).ok(Operation.CREATE_SESSION).l();
      sessionLow = created.l();
    }

    XdrBytes sequence(int slot, int sequenceId, boolean cache) {
      return Requests.sequence(sessionHigh, sessionLow, sequenceId, slot, slot, cache);
    }

    /** SEQUENCE and {@code operations}, as a call that can be sent again. */
    byte[] prepare(boolean cache, XdrBytes... operations) {
      return prepare(0, ++sequence, cache, operations);
    }

    byte[] prepare(int slot, int sequenceId, boolean cache, XdrBytes... operations) {
      XdrBytes all = sequence(slot, sequenceId, cache);
      List.of(operations).forEach(operation -> all.raw(operation.bytes()));
      return message(uid, operations.length + 1, all);
    }

    /** Runs operations; the reply stands after SEQUENCE's. */
    Reply call(XdrBytes... operations) {
      return afterSequence(connection.call(prepare(true, operations)));
    }

    /** As {@link #call} by another user, in the same session. */
    Reply callAs(int otherUid, XdrBytes... operations) {
      XdrBytes all = sequence(0, ++sequence, true);
      List.of(operations).forEach(operation -> all.raw(operation.bytes()));
      return afterSequence(connection.call(message(otherUid, operations.length + 1, all)));
    }

    Reply reclaimComplete() {
      return call(op(Operation.RECLAIM_COMPLETE).i(0));
    }

    /** Opens a file in the root, which must work. */
    Stateid open(String name, int access, int deny) {
      Reply reply = call(putRoot(), Requests.open(name, access, deny));
      return reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    }
  }

  static Reply afterSequence(byte[] message) {
    return new Reply(message).ok(Operation.SEQUENCE).skip(36);
  }
}
