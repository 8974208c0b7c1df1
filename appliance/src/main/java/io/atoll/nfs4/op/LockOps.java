package io.atoll.nfs4.op;

import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.state.ByteRangeLockSet;
import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.LockOwner;
import io.atoll.nfs4.state.Locks;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/** LOCK, LOCKT and LOCKU, each a method (RFC 8881, sections 18.10 to 18.12). */
final class LockOps {
  private static final int READ_LT = 1;
  private static final int WRITE_LT = 2;
  private static final int READW_LT = 3;
  private static final int WRITEW_LT = 4;

  private final NfsState state;

  LockOps(NfsState state) {
    this.state = state;
  }

  /** LOCK. Owners' seqids are of NFSv4.0 and passed over. */
  void lock(CompoundCall call) {
    XdrReader reader = call.reader();
    int type = lockType(reader);
    boolean reclaim = reader.bool();
    long offset = reader.int64();
    long length = reader.int64();
    boolean newOwner = reader.bool();
    if (newOwner) {
      reader.int32(); // open_seqid
    }
    Stateid argument = Stateid.decode(reader);
    reader.int32(); // lock_seqid
    OwnerId owner = newOwner ? Callers.owner(reader) : null;
    if (call.refusesArguments()) {
      return;
    }
    ClientRecord client = Callers.client(call);
    Stateid stateid = call.resolve(argument);
    Nfs4Status refusal = refusal(client, reclaim, offset, length);
    if (refusal.isOk() && stateid == null) {
      refusal = Nfs4Status.BAD_STATEID;
    }
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    Locks.Request request =
        new Locks.Request(modeOf(type), reclaim, offset, lastByte(offset, length));
    Object file = call.currentFileHandle();
    Locks.Outcome outcome =
        newOwner
            ? state.locks().lock(client, file, stateid, owner, request)
            : state.locks().lock(client, file, stateid, request);
    finish(call, outcome);
  }

  /** LOCKU. */
  void unlock(CompoundCall call) {
    XdrReader reader = call.reader();
    lockType(reader);
    reader.int32(); // seqid
    Stateid argument = Stateid.decode(reader);
    long offset = reader.int64();
    long length = reader.int64();
    if (call.refusesArguments()) {
      return;
    }
    Stateid stateid = call.resolve(argument);
    if (!isRange(offset, length)) {
      call.done(Nfs4Status.INVAL);
    } else if (stateid == null) {
      call.done(Nfs4Status.BAD_STATEID);
    } else {
      finish(
          call,
          state
              .locks()
              .unlock(
                  Callers.client(call),
                  call.currentFileHandle(),
                  stateid,
                  offset,
                  lastByte(offset, length)));
    }
  }

  private void finish(CompoundCall call, Locks.Outcome outcome) {
    call.fsCall().dependsOn(state.journalSequence());
    if (outcome.status().isOk()) {
      outcome.stateid().encode(call.writer());
      call.currentStateid(outcome.stateid());
      call.done(Nfs4Status.OK);
    } else if (outcome.status() == Nfs4Status.DENIED) {
      deny(call, outcome.conflict());
    } else {
      call.done(outcome.status());
    }
  }

  /**
   * LOCKT. What can't be locked is told by its type if there is no open to have told it; of an open
   * file there is nothing to load, nor to be durable.
   */
  void test(CompoundCall call) {
    XdrReader reader = call.reader();
    int type = lockType(reader);
    long offset = reader.int64();
    long length = reader.int64();
    OwnerId owner = Callers.owner(reader);
    if (call.refusesArguments()) {
      return;
    }
    Nfs4Status refusal = refusal(Callers.client(call), false, offset, length);
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    if (state.locks().isOfOpenFile(call.currentFileHandle())) {
      test(call, owner, modeOf(type), offset, length);
      return;
    }
    call.fileSystem()
        .attributes(
            call.fsCall(),
            call.currentFileHandle(),
            call.guarded((status, attributes) -> {
              if (status != FsStatus.OK) {
                call.done(status);
              } else if (attributes.type() != FileType.REGULAR) {
                call.done(OpenTypes.refusalOf(attributes.type()));
              } else {
                test(call, owner, modeOf(type), offset, length);
              }
            }));
  }

  private void test(CompoundCall call, OwnerId owner, Mode mode, long offset, long length) {
    Range<LockOwner> conflict =
        state
            .locks()
            .test(
                Callers.client(call),
                call.currentFileHandle(),
                owner,
                mode,
                offset,
                lastByte(offset, length));
    call.fsCall().dependsOn(state.journalSequence());
    if (conflict == null) {
      call.done(Nfs4Status.OK);
    } else {
      deny(call, conflict);
    }
  }

  private Nfs4Status refusal(ClientRecord client, boolean reclaim, long offset, long length) {
    if (!isRange(offset, length)) {
      return Nfs4Status.INVAL;
    }
    return state.admits(client, reclaim);
  }

  /** LOCK4denied: the range in the way and whose it is. */
  private static void deny(CompoundCall call, Range<LockOwner> conflict) {
    XdrWriter writer = call.writer();
    writer.int64(conflict.firstByte());
    writer.int64(conflict.lengthBytes());
    writer.int32(conflict.mode() == Mode.EXCLUSIVE ? WRITE_LT : READ_LT);
    writer.int64(conflict.owner().client().clientId());
    writer.opaque(conflict.owner().id().bytes());
    call.doneKeepingResult(Nfs4Status.DENIED);
  }

  private static int lockType(XdrReader reader) {
    int type = reader.enumerator(WRITEW_LT);
    if (type < READ_LT) {
      reader.markMalformed();
    }
    return type;
  }

  private static Mode modeOf(int lockType) {
    return lockType == READ_LT || lockType == READW_LT ? Mode.SHARED : Mode.EXCLUSIVE;
  }

  /** Section 18.10.3: not empty, and not past 2⁶⁴−1 unless it says that it goes to the end. */
  static boolean isRange(long offset, long length) {
    return length != 0
        && (length == ByteRangeLockSet.END_OF_FILE || Long.compareUnsigned(length, ~offset) <= 0);
  }

  static long lastByte(long offset, long length) {
    return length == ByteRangeLockSet.END_OF_FILE
        ? ByteRangeLockSet.END_OF_FILE
        : offset + length - 1;
  }
}
