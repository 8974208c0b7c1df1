package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.Locks;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;

/**
 * LOCK, LOCKT and LOCKU, each a method (RFC 8881, sections 18.10 to 18.12). Owners' seqids and
 * client IDs are of NFSv4.0 and passed over.
 */
final class LockOps {
  private final NfsState state;
  private final LockAnswers answers;

  LockOps(NfsState state) {
    this.state = state;
    this.answers = new LockAnswers(state);
  }

  /** LOCK. */
  void lock(CompoundCall call) {
    LockArguments arguments = LockArguments.decodeLock(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    ClientRecord client = Callers.client(call);
    Stateid stateid = call.resolve(arguments.stateid());
    Nfs4Status refusal = refusal(client, arguments);
    if (refusal.isOk() && stateid == null) {
      refusal = Nfs4Status.BAD_STATEID;
    }
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    Object file = call.currentFileHandle();
    Locks.Outcome outcome =
        arguments.isNewOwner()
            ? state
                .locks()
                .lock(client, file, stateid, arguments.owner(), arguments.request(call.view()))
            : state.locks().lock(client, file, stateid, arguments.request(call.view()));
    answers.finish(call, outcome);
  }

  /** LOCKU. */
  void unlock(CompoundCall call) {
    LockArguments arguments = LockArguments.decodeUnlock(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    Stateid stateid = call.resolve(arguments.stateid());
    if (!arguments.isRange()) {
      call.done(Nfs4Status.INVAL);
    } else if (stateid == null) {
      call.done(Nfs4Status.BAD_STATEID);
    } else {
      answers.finish(
          call,
          state
              .locks()
              .unlock(
                  Callers.client(call),
                  call.currentFileHandle(),
                  stateid,
                  arguments.offset(),
                  arguments.lastByte()));
    }
  }

  /** LOCKT. */
  void test(CompoundCall call) {
    LockArguments arguments = LockArguments.decodeTest(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    ClientRecord client = Callers.client(call);
    Nfs4Status refusal = refusal(client, arguments);
    if (refusal.isOk()) {
      answers.test(call, client, arguments);
    } else {
      call.done(refusal);
    }
  }

  private Nfs4Status refusal(ClientRecord client, LockArguments arguments) {
    return arguments.isRange() ? state.admits(client, arguments.reclaim()) : Nfs4Status.INVAL;
  }
}
