package io.atoll.nfs4.op;

import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.LockOwner;
import io.atoll.nfs4.state.Locks;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrWriter;

/** How the operations on byte-range locks end, in all minor versions. Confined to the home loop. */
final class LockAnswers {
  private final NfsState state;

  LockAnswers(NfsState state) {
    this.state = state;
  }

  /** Ends LOCK or LOCKU. */
  void finish(CompoundCall call, Locks.Outcome outcome) {
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
   * LOCKT of a range that is one, by a client that may ask. What can't be locked is told by its
   * type if there is no open to have told it; of an open file there is nothing to load, nor to be
   * durable.
   */
  void test(CompoundCall call, ClientRecord client, LockArguments arguments) {
    if (state.locks().isOfOpenFile(call.currentFileHandle())) {
      answerTest(call, client, arguments);
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
                answerTest(call, client, arguments);
              }
            }));
  }

  private void answerTest(CompoundCall call, ClientRecord client, LockArguments arguments) {
    Range<LockOwner> conflict =
        state
            .locks()
            .test(
                client,
                call.currentFileHandle(),
                arguments.owner(),
                arguments.mode(),
                arguments.offset(),
                arguments.lastByte());
    call.fsCall().dependsOn(state.journalSequence());
    if (conflict == null) {
      call.done(Nfs4Status.OK);
    } else {
      deny(call, conflict);
    }
  }

  /** LOCK4denied: the range in the way and whose it is. */
  private static void deny(CompoundCall call, Range<LockOwner> conflict) {
    XdrWriter writer = call.writer();
    writer.int64(conflict.firstByte());
    writer.int64(conflict.lengthBytes());
    boolean exclusive = conflict.mode() == Mode.EXCLUSIVE;
    writer.int32(exclusive ? LockArguments.WRITE_LT : LockArguments.READ_LT);
    writer.int64(conflict.owner().client().clientId());
    writer.opaque(conflict.owner().id().bytes());
    call.doneKeepingResult(Nfs4Status.DENIED);
  }
}
