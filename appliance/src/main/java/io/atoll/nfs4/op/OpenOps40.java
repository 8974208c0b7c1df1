package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.op.OpenProgress.DirectoryChange;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Opens;
import io.atoll.nfs4.state.OwnerSequence;
import io.atoll.nfs4.state.State40;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.util.function.Consumer;

/**
 * OPEN, OPEN_CONFIRM, OPEN_DOWNGRADE and CLOSE of NFSv4.0, each a method (RFC 7530, sections 16.16,
 * 16.18, 16.19, 16.2).
 */
final class OpenOps40 {
  private static final int RESULT_CONFIRM = 2;
  private static final int RESULT_LOCKTYPE_POSIX = 4;
  private static final int DELEGATE_NONE = 0;

  private final NfsState state;
  private final State40 state40;
  private final OwnerGate gate;

  OpenOps40(NfsState state, OwnerGate gate) {
    this.state = state;
    this.state40 = state.v40();
    this.gate = gate;
  }

  /** OPEN. */
  void open(CompoundCall call) {
    int mark = call.reader().consumedBytes();
    OpenArguments arguments = OpenArguments.decode(call.reader(), call.minorVersion());
    if (call.refusesArguments()) {
      return;
    }
    OwnerGate.Entry entry =
        new OwnerGate.Entry(
            () -> state40.openOwner(arguments.clientId(), arguments.owner()),
            arguments.seqid(),
            OwnerGate.digest(call, Operation.OPEN, mark),
            true);
    gate.pass(call, entry, owner -> open(call, arguments, owner));
  }

  private void open(CompoundCall call, OpenArguments arguments, OwnerSequence owner) {
    Nfs4Status refusal = arguments.check();
    if (refusal.isOk()) {
      refusal = state.admits(owner.client(), arguments.isReclaim());
    }
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    OpenProgress.Result result =
        (ended, asked, file, stateid, change, attributesSet) ->
            opened(ended, asked.isReclaim(), owner, file, stateid, change, attributesSet);
    new OpenProgress(state, result, call, owner.client(), arguments).start();
  }

  private void opened(
      CompoundCall call,
      boolean isReclaim,
      OwnerSequence owner,
      FileHandle file,
      Stateid stateid,
      DirectoryChange change,
      Bitmap4 attributesSet) {
    if (isReclaim) {
      owner.confirm(); // section 16.18.5: who reclaims has been here before
    }
    state40.recordHolder(owner.client());
    call.fsCall().dependsOn(state.journalSequence());
    call.currentFileHandle(file);
    XdrWriter writer = call.writer();
    stateid.encode(writer);
    change.encode(writer);
    writer.int32(RESULT_LOCKTYPE_POSIX | (owner.isConfirmed() ? 0 : RESULT_CONFIRM));
    attributesSet.encode(writer);
    writer.int32(DELEGATE_NONE);
    call.done(Nfs4Status.OK);
  }

  /** OPEN_CONFIRM. */
  void confirm(CompoundCall call) {
    XdrReader reader = call.reader();
    int mark = reader.consumedBytes();
    Stateid stateid = Stateid.decode(reader);
    int seqid = reader.int32();
    if (call.refusesArguments()) {
      return;
    }
    long digest = OwnerGate.digest(call, Operation.OPEN_CONFIRM, mark);
    pass(
        call,
        stateid,
        seqid,
        digest,
        owner -> {
          Nfs4Status refusal = state40.check(stateid, call.currentFileHandle());
          finish(
              call,
              refusal.isOk()
                  ? state40.confirmOpen(owner, stateid)
                  : new Opens.Outcome(refusal, null));
        });
  }

  /** CLOSE, of an open that was not confirmed too. */
  void close(CompoundCall call) {
    XdrReader reader = call.reader();
    int mark = reader.consumedBytes();
    int seqid = reader.int32();
    Stateid stateid = Stateid.decode(reader);
    if (call.refusesArguments()) {
      return;
    }
    long digest = OwnerGate.digest(call, Operation.CLOSE, mark);
    pass(
        call,
        stateid,
        seqid,
        digest,
        owner -> {
          FileHandle file = call.currentFileHandle();
          Nfs4Status refusal = state40.check(stateid, file);
          finish(
              call,
              refusal.isOk()
                  ? state40.close(owner, file, stateid)
                  : new Opens.Outcome(refusal, null));
        });
  }

  /** OPEN_DOWNGRADE. */
  void downgrade(CompoundCall call) {
    XdrReader reader = call.reader();
    int mark = reader.consumedBytes();
    Stateid stateid = Stateid.decode(reader);
    int seqid = reader.int32();
    int access = reader.int32();
    int deny = reader.int32();
    if (call.refusesArguments()) {
      return;
    }
    long digest = OwnerGate.digest(call, Operation.OPEN_DOWNGRADE, mark);
    pass(
        call,
        stateid,
        seqid,
        digest,
        owner -> {
          FileHandle file = call.currentFileHandle();
          Nfs4Status refusal = refusalOfDowngrade(owner, file, stateid, access, deny);
          finish(
              call,
              refusal.isOk()
                  ? state.opens().downgrade(owner.client(), file, stateid, access, deny)
                  : new Opens.Outcome(refusal, null));
        });
  }

  private Nfs4Status refusalOfDowngrade(
      OwnerSequence owner, FileHandle file, Stateid stateid, int access, int deny) {
    if (!owner.isConfirmed()) {
      return Nfs4Status.BAD_STATEID;
    }
    Nfs4Status status = state40.check(stateid, file);
    boolean areShares = OpenArguments.areShares(access, deny);
    return status.isOk() && !areShares ? Nfs4Status.INVAL : status;
  }

  private void pass(
      CompoundCall call, Stateid stateid, int seqid, long digest, Consumer<OwnerSequence> act) {
    gate.pass(
        call, new OwnerGate.Entry(() -> state40.openOwnerOf(stateid), seqid, digest, false), act);
  }

  private static void finish(CompoundCall call, Opens.Outcome outcome) {
    if (outcome.status().isOk()) {
      outcome.stateid().encode(call.writer());
    }
    call.done(outcome.status());
  }
}
