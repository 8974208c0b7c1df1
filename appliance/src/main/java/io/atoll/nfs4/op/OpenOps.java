package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.op.OpenProgress.DirectoryChange;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Opens;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/** OPEN, CLOSE and OPEN_DOWNGRADE, each a method (RFC 8881, sections 18.16, 18.2, 18.18). */
final class OpenOps {
  /** OPEN4_RESULT_LOCKTYPE_POSIX, and OPEN4_RESULT_PRESERVE_UNLINKED: an open file is held. */
  private static final int RESULT_FLAGS = 4 | 8;

  /** OPEN4_RESULT_MAY_NOTIFY_LOCK: who waits for a lock will be told when it may have it. */
  private static final int RESULT_MAY_NOTIFY_LOCK = 0x20;

  private static final int DELEGATE_NONE = 0;
  private static final int DELEGATE_NONE_EXTENDED = 3;

  private static final int WANT_MASK = 0xFF00;
  private static final int WANT_NO_DELEGATION = 0x0400;
  private static final int WANT_CANCEL = 0x0500;

  private static final int NOT_WANTED = 0;
  private static final int RESOURCE = 2;
  private static final int CANCELLED = 7;

  private final NfsState state;

  OpenOps(NfsState state) {
    this.state = state;
  }

  /** OPEN. */
  void open(CompoundCall call) {
    OpenArguments arguments = OpenArguments.decode(call.reader(), call.minorVersion());
    if (call.refusesArguments()) {
      return;
    }
    Nfs4Status refusal = arguments.check();
    ClientRecord client = Callers.client(call);
    if (refusal.isOk()) {
      refusal = state.admits(client, arguments.isReclaim());
    }
    if (refusal.isOk()) {
      new OpenProgress(state, OpenOps::opened, call, client, arguments).start();
    } else {
      call.done(refusal);
    }
  }

  private static void opened(
      CompoundCall call,
      OpenArguments arguments,
      FileHandle file,
      Stateid stateid,
      DirectoryChange change,
      Bitmap4 attributesSet) {
    call.currentFileHandle(file);
    call.currentStateid(stateid);
    XdrWriter writer = call.writer();
    stateid.encode(writer);
    change.encode(writer);
    boolean takesCallbacks = Callers.client(call).backChannel() != null;
    writer.int32(takesCallbacks ? RESULT_FLAGS | RESULT_MAY_NOTIFY_LOCK : RESULT_FLAGS);
    attributesSet.encode(writer);
    encodeNoDelegation(writer, arguments.wants() & WANT_MASK);
    call.done(Nfs4Status.OK);
  }

  /** Section 18.16.3: who says what it wants of a delegation is told why it gets none. */
  private static void encodeNoDelegation(XdrWriter writer, int wanted) {
    if (wanted == 0) {
      writer.int32(DELEGATE_NONE);
      return;
    }
    writer.int32(DELEGATE_NONE_EXTENDED);
    switch (wanted) {
      case WANT_NO_DELEGATION -> writer.int32(NOT_WANTED);
      case WANT_CANCEL -> writer.int32(CANCELLED);
      default -> {
        writer.int32(RESOURCE);
        writer.bool(false); // nor will it be told when there is one
      }
    }
  }

  /** CLOSE. The current stateid keeps its own seqid here (section 16.2.3.1.2). */
  void close(CompoundCall call) {
    XdrReader reader = call.reader();
    reader.int32(); // seqid
    Stateid stateid = call.resolveWithSeqid(Stateid.decode(reader));
    if (call.refusesArguments()) {
      return;
    }
    if (stateid == null) {
      call.done(Nfs4Status.BAD_STATEID);
      return;
    }
    finish(call, state.opens().close(Callers.client(call), call.currentFileHandle(), stateid));
  }

  /** OPEN_DOWNGRADE. What is wanted of delegations does not matter here. */
  void downgrade(CompoundCall call) {
    XdrReader reader = call.reader();
    Stateid stateid = call.resolveWithSeqid(Stateid.decode(reader));
    reader.int32(); // seqid
    int access = OpenArguments.accessOf(reader.int32());
    int deny = reader.int32();
    if (call.refusesArguments()) {
      return;
    }
    if (!OpenArguments.areShares(access, deny)) {
      call.done(Nfs4Status.INVAL);
    } else if (stateid == null) {
      call.done(Nfs4Status.BAD_STATEID);
    } else {
      finish(
          call,
          state
              .opens()
              .downgrade(Callers.client(call), call.currentFileHandle(), stateid, access, deny));
    }
  }

  private static void finish(CompoundCall call, Opens.Outcome outcome) {
    if (outcome.status().isOk()) {
      outcome.stateid().encode(call.writer());
      call.currentStateid(outcome.stateid());
    }
    call.done(outcome.status());
  }
}
