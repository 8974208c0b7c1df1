package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.op.CompoundCall.ResultObserver;
import io.atoll.nfs4.state.OwnerSequence;
import io.atoll.nfs4.state.OwnerSequence.Kept;
import io.atoll.nfs4.state.OwnerSequence.Verdict;
import io.atoll.nfs4.state.State40;
import io.atoll.nfs4.state.State40.Found;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets the operations of NFSv4.0's open-owners and lock-owners through one at a time and each once
 * (RFC 7530, sections 9.1.7 to 9.1.9): a retransmission gets the result that was kept, a seqid that
 * is not the next gets BAD_SEQID. Confined to the home loop.
 *
 * <p>Errors that leave the seqid as it was are {@link OwnerSequence#keepsSeqid}; NFS4ERR_DELAY and
 * NFS4ERR_GRACE are not among them.
 */
final class OwnerGate {
  private final State40 state;

  OwnerGate(State40 state) {
    this.state = state;
  }

  /**
   * What comes to the gate.
   *
   * @param find the owner whose operation it is, looked up anew after each wait
   * @param digest tells the operation and its arguments from others
   * @param isOpen OPEN, by which an owner may begin
   */
  record Entry(Supplier<Found> find, int seqid, long digest, boolean isOpen) {}

  /** Tells an operation whose arguments were read since {@code mark} from others. */
  static long digest(CompoundCall call, Operation operation, int mark) {
    long checksum = Integer.toUnsignedLong(call.reader().checksumSince(mark));
    return (long) operation.number() << Integer.SIZE | checksum;
  }

  /**
   * Runs {@code act} when it is the entry's turn, or ends the operation without.
   *
   * @param act ends the operation, now or later
   */
  void pass(CompoundCall call, Entry entry, Consumer<OwnerSequence> act) {
    Found found = entry.find().get();
    if (!found.status().isOk()) {
      call.done(found.status());
      return;
    }
    OwnerSequence owner = found.owner();
    if (owner.isBusy()) {
      var turn = call.guarded((status, nothing) -> pass(call, entry, act));
      if (!owner.await(() -> turn.done(null, null))) {
        call.done(Nfs4Status.RESOURCE);
      }
      return;
    }
    Verdict verdict =
        entry.isOpen()
            ? owner.judgeOpen(entry.seqid(), entry.digest())
            : owner.judge(entry.seqid(), entry.digest());
    switch (verdict) {
      case REPLAY -> replay(call, owner.last());
      case BAD -> call.done(Nfs4Status.BAD_SEQID);
      case NEXT, RESTART -> {
        if (found.isClosed()) {
          call.done(Nfs4Status.BAD_STATEID);
          return;
        }
        if (verdict == Verdict.RESTART) {
          state.restart(owner);
        }
        owner.begin();
        call.observeResult(new Turn(call, owner, entry));
        act.accept(owner);
      }
    }
  }

  private static void replay(CompoundCall call, Kept kept) {
    call.fsCall().dependsOn(kept.sequence());
    if (kept.file() != null) {
      call.currentFileHandle((FileHandle) kept.file());
    }
    call.writer().fixedOpaque(kept.result());
    call.doneKeepingResult(kept.status());
  }

  /** An owner's operation under way. */
  private record Turn(CompoundCall call, OwnerSequence owner, Entry entry)
      implements ResultObserver {

    @Override
    public void ended(Nfs4Status status, ByteBuf results, int index) {
      if (OwnerSequence.keepsSeqid(status)) {
        owner.end(entry.seqid(), null);
        return;
      }
      byte[] result = new byte[results.writerIndex() - index];
      results.getBytes(index, result);
      boolean opened = entry.isOpen() && status.isOk();
      Kept kept =
          new Kept(
              entry.digest(),
              status,
              result,
              opened ? call.currentFileHandle() : null,
              call.fsCall().requiredSequence());
      owner.end(entry.seqid(), kept);
    }

    @Override
    public void abandoned() {
      owner.end(entry.seqid(), null);
    }
  }
}
