package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.Locks;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.state.OwnerSequence;
import io.atoll.nfs4.state.State40;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;

/**
 * LOCK, LOCKT, LOCKU and RELEASE_LOCKOWNER of NFSv4.0, each a method (RFC 7530, sections 16.10 to
 * 16.12 and 16.37).
 */
final class LockOps40 {
  private final NfsState state;
  private final State40 state40;
  private final OwnerGate gate;
  private final LockAnswers answers;

  LockOps40(NfsState state, OwnerGate gate) {
    this.state = state;
    this.state40 = state.v40();
    this.gate = gate;
    this.answers = new LockAnswers(state);
  }

  /** LOCK. An owner's first under an open counts for the open-owner, and for itself. */
  void lock(CompoundCall call) {
    int mark = call.reader().consumedBytes();
    LockArguments arguments = LockArguments.decodeLock(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    long digest = OwnerGate.digest(call, Operation.LOCK, mark);
    if (arguments.isNewOwner()) {
      OwnerGate.Entry entry =
          new OwnerGate.Entry(
              () -> state40.openOwnerOf(arguments.stateid()), arguments.openSeqid(), digest, false);
      gate.pass(call, entry, owner -> lockFirst(call, arguments, owner));
    } else {
      gate.pass(
          call, lockEntry(arguments, digest), owner -> lockAgain(call, arguments, owner.client()));
    }
  }

  private OwnerGate.Entry lockEntry(LockArguments arguments, long digest) {
    return new OwnerGate.Entry(
        () -> state40.lockOwnerOf(arguments.stateid()), arguments.seqid(), digest, false);
  }

  private void lockFirst(CompoundCall call, LockArguments arguments, OwnerSequence openOwner) {
    ClientRecord client = openOwner.client();
    OwnerId owner = arguments.owner();
    Nfs4Status refusal = Nfs4Status.OK;
    if (arguments.clientId() != client.clientId()) {
      refusal = Nfs4Status.STALE_CLIENTID;
    } else if (!openOwner.isConfirmed()) {
      refusal = Nfs4Status.BAD_STATEID;
    }
    if (refusal.isOk()) {
      refusal = state40.admitLockOwner(client, owner, arguments.seqid());
    }
    if (refusal.isOk()) {
      refusal = refusal(call, client, arguments);
    }
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    Locks.Outcome outcome =
        state
            .locks()
            .lock(
                client,
                call.currentFileHandle(),
                arguments.stateid(),
                owner,
                arguments.request(call.view()));
    if (!OwnerSequence.keepsSeqid(outcome.status())) {
      state40.lockSeqidUsed(client, owner, arguments.seqid());
    }
    answers.finish(call, outcome);
  }

  private void lockAgain(CompoundCall call, LockArguments arguments, ClientRecord client) {
    Nfs4Status refusal = refusal(call, client, arguments);
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    answers.finish(
        call,
        state
            .locks()
            .lock(
                client,
                call.currentFileHandle(),
                arguments.stateid(),
                arguments.request(call.view())));
  }

  private Nfs4Status refusal(CompoundCall call, ClientRecord client, LockArguments arguments) {
    if (!arguments.isRange()) {
      return Nfs4Status.INVAL;
    }
    Nfs4Status status = state40.check(arguments.stateid(), call.currentFileHandle());
    return status.isOk() ? state.admits(client, arguments.reclaim()) : status;
  }

  /** LOCKU. */
  void unlock(CompoundCall call) {
    int mark = call.reader().consumedBytes();
    LockArguments arguments = LockArguments.decodeUnlock(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    long digest = OwnerGate.digest(call, Operation.LOCKU, mark);
    gate.pass(call, lockEntry(arguments, digest), owner -> unlock(call, arguments, owner.client()));
  }

  private void unlock(CompoundCall call, LockArguments arguments, ClientRecord client) {
    Nfs4Status refusal =
        arguments.isRange()
            ? state40.check(arguments.stateid(), call.currentFileHandle())
            : Nfs4Status.INVAL;
    if (!refusal.isOk()) {
      call.done(refusal);
      return;
    }
    answers.finish(
        call,
        state
            .locks()
            .unlock(
                client,
                call.currentFileHandle(),
                arguments.stateid(),
                arguments.offset(),
                arguments.lastByte()));
  }

  /** LOCKT. */
  void test(CompoundCall call) {
    LockArguments arguments = LockArguments.decodeTest(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    Nfs4Status refusal =
        arguments.isRange() ? state40.renew(arguments.clientId()) : Nfs4Status.INVAL;
    if (refusal.isOk()) {
      refusal = state.admits(state40.client(arguments.clientId()), false);
    }
    if (refusal.isOk()) {
      answers.test(call, state40.client(arguments.clientId()), arguments);
    } else {
      call.done(refusal);
    }
  }

  /** RELEASE_LOCKOWNER. */
  void release(CompoundCall call) {
    long clientId = call.reader().int64();
    OwnerId owner = Callers.ownerName(call.reader());
    if (!call.refusesArguments()) {
      call.done(state40.releaseLockOwner(clientId, owner));
    }
  }
}
