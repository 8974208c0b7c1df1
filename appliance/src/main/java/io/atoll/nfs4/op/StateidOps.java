package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/** The operations on stateids, each a method, and the check of those that come with I/O. */
final class StateidOps implements StateidCheck {
  private final NfsState state;

  StateidOps(NfsState state) {
    this.state = state;
  }

  @Override
  public Nfs4Status check(CompoundCall call, FileHandle file, Stateid stateid, int access) {
    Nfs4Status status = state.checkIo(Callers.client(call), file, stateid, access);
    // Another's courtesy may have ended for this; that it is forgotten must be durable first.
    call.fsCall().dependsOn(state.journalSequence());
    if (status.isOk()) {
      call.heldOpen(state.holdsOpen(stateid, access, Callers.principal(call)));
    }
    return status;
  }

  /** TEST_STATEID (RFC 8881, section 18.48): a status for each. */
  void test(CompoundCall call) {
    XdrReader reader = call.reader();
    int count = reader.count(Integer.MAX_VALUE, Stateid.BYTES);
    // As many as the request has bytes for, which the session bounds.
    Stateid[] stateids = new Stateid[count];
    for (int i = 0; i < count; i++) {
      stateids[i] = Stateid.decode(reader);
    }
    if (call.refusesArguments()) {
      return;
    }
    if ((count + 1) * Integer.BYTES > call.replyRoomBytes()) {
      call.done(call.replyTooBig());
      return;
    }
    XdrWriter writer = call.writer();
    writer.int32(count);
    for (Stateid stateid : stateids) {
      writer.int32(state.testStateid(Callers.client(call), stateid).code());
    }
    call.done(Nfs4Status.OK);
  }

  /** FREE_STATEID (section 18.38). */
  void free(CompoundCall call) {
    Stateid argument = Stateid.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    Stateid stateid = call.resolve(argument);
    call.done(
        stateid == null
            ? Nfs4Status.BAD_STATEID
            : state.freeStateid(Callers.client(call), stateid));
  }

  /** DELEGRETURN (section 18.6): no delegation was ever granted. */
  void returnDelegation(CompoundCall call) {
    Stateid.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    call.done(call.currentFileHandle() == null ? Nfs4Status.NOFILEHANDLE : Nfs4Status.BAD_STATEID);
  }
}
