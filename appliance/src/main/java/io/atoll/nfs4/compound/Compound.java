package io.atoll.nfs4.compound;

import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.ReadResult;
import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.OpSpec;
import io.atoll.nfs4.op.View;
import io.atoll.nfs4.state.SlotHandle;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.FsStatusMapping;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.AcceptStatus;
import io.atoll.rpc.RpcCall;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;

/**
 * The pump: runs a compound's operations one after the other (RFC 8881, sections 2.10.6 and 16.2),
 * then waits until all that the reply states is durable, has the slot keep the reply, and sends it.
 *
 * <p>A loop, not recursion: an operation that ends before its start returns leaves the next one to
 * the loop that started it; one that ends later starts the loop again. Confined to the home loop;
 * serves one compound after the other.
 *
 * <p>A defect that shows as an exception, wherever it comes from, ends the compound: by
 * NFS4ERR_SERVERFAULT if it is an operation's before anything was left running, else without a
 * reply and with its connection. The slot is given back either way.
 */
final class Compound extends CompoundCall {
  private enum Phase {
    IDLE,
    BETWEEN_OPERATIONS,
    AWAITING_ADMISSION,
    ADMITTED,
    IN_OPERATION,
    AWAITING_DURABILITY
  }

  private final NfsProgram program;
  private final FsCallback<Void> onDurable = this::durable;
  private final CompoundTurn turn;

  /** Of the minor version; null only if there is none such. */
  private OpTable table;

  private Phase phase = Phase.IDLE;
  private boolean pumping;
  private Nfs4Status status;
  private Nfs4Status refusalOfNext;
  private int index;
  private int resultCount;
  private int resultPlace;
  private Operation running;
  private int compoundMark;
  private int statusPlace;
  private int countPlace;
  private boolean replayed;
  private boolean fenced;
  private boolean slotGivenBack;
  private ResultObserver observer;

  /** By which its retransmissions find it; null from NFSv4.1 on. */
  private RecentCall recent;

  /** Something may be running for it that does not know its end: it serves no other compound. */
  private boolean retired;

  /** Counts operations, never back: tells those of this compound and of earlier ones apart. */
  private int operationsBegun;

  private long begunNanos;
  private boolean reported;

  Compound(NfsProgram program) {
    this.program = program;
    this.turn = new CompoundTurn(this, program);
  }

  /**
   * Serves {@code call}, a COMPOUND.
   *
   * @param root what PUTROOTFH leads into
   * @param principal who calls
   */
  void run(RpcCall call, Export export, View root, Principal principal) {
    restart(export, root, call, principal);
    status = Nfs4Status.OK;
    refusalOfNext = null;
    index = 0;
    resultCount = 0;
    replayed = false;
    fenced = false;
    slotGivenBack = false;
    observer = null;
    recent = null;
    reported = false;
    begunNanos = program.monotonicNanos();
    turn.restart(call, begunNanos);

    XdrReader reader = call.reader();
    int tagIndex = reader.opaqueIndex(Nfs4Program.MAX_TAG_BYTES);
    int tagBytes = reader.opaqueLengthBytes();
    int minorVersion = reader.int32();
    size(minorVersion, reader.int32());
    if (reader.isMalformed()) {
      call.refuse(AcceptStatus.GARBAGE_ARGS);
      program.finished(this);
      return;
    }
    table = program.table(minorVersion);
    if (minorVersion == 0) {
      recent = program.recentCalls().arrived(call);
      if (recent == null) {
        program.finished(this);
        return;
      }
    }
    XdrWriter writer = call.accept();
    compoundMark = writer.mark();
    statusPlace = writer.reserveInt32();
    writer.opaque(reader.buffer(), tagIndex, tagBytes);
    countPlace = writer.reserveInt32();
    phase = Phase.BETWEEN_OPERATIONS;
    if (table == null) {
      status = Nfs4Status.MINOR_VERS_MISMATCH;
    }
    pump();
  }

  private void pump() {
    pumping = true;
    try {
      while (phase == Phase.BETWEEN_OPERATIONS || phase == Phase.ADMITTED) {
        if (phase == Phase.ADMITTED) {
          phase = Phase.IN_OPERATION;
          runOperation();
          continue;
        }
        boolean more = Integer.compareUnsigned(index, operationCount()) < 0;
        if (status.isOk() && more && !replayed && !fenced) {
          startOperation();
        } else {
          finish();
        }
      }
    } catch (Throwable e) {
      abandon(e);
    }
    pumping = false;
    if (phase == Phase.IDLE) {
      program.finished(this);
    }
  }

  /** Ends the compound without a reply: nobody knows any more what it has done. */
  private void abandon(Throwable cause) {
    retired = true;
    operationsBegun++;
    program.failures().error("a compound of " + connection().remote() + " failed", cause);
    connection().close();
    if (phase == Phase.IDLE) {
      return; // It had ended before.
    }
    phase = Phase.IDLE;
    if (rpc().isActive()) {
      rpc().drop();
    }
    if (recent != null) {
      recent.end(null);
    }
    if (observer != null) {
      ResultObserver asked = observer;
      observer = null;
      asked.abandoned();
    }
    giveBackSlot();
  }

  private void giveBackSlot() {
    if (slot() != null && !slotGivenBack) {
      slotGivenBack = true;
      slot().finalise();
    }
  }

  /** Whether it may serve another compound. */
  boolean isReusable() {
    return !retired;
  }

  /** Reports, once, a compound that has run for longer than {@code boundNanos}. */
  void reportIfOlder(long nowNanos, long boundNanos) {
    boolean waits = phase == Phase.AWAITING_ADMISSION; // which takes as long as the rate makes it
    if (phase != Phase.IDLE && !waits && !reported && nowNanos - begunNanos > boundNanos) {
      reported = true;
      program
          .overdue()
          .warn(
              "a compound does not end",
              connection().remote() + ", operation " + index + " (" + running + "), " + phase);
    }
  }

  @Override
  public <T> FsCallback<T> step(Step<T> step) {
    int operation = operationsBegun;
    return (ended, result) -> {
      if (operation != operationsBegun) {
        undo((status, nothing) -> {}, ended, result);
        return;
      }
      try {
        step.done(this, ended, result);
      } catch (Throwable e) {
        endAbandoned(e);
      }
    };
  }

  @Override
  public <T> FsCallback<T> guarded(FsCallback<T> callback, FsCallback<T> tooLate) {
    int operation = operationsBegun;
    return (ended, result) -> {
      if (operation != operationsBegun) {
        undo(tooLate, ended, result);
        return;
      }
      try {
        callback.done(ended, result);
      } catch (Throwable e) {
        endAbandoned(e);
      }
    };
  }

  /** An operation that failed when it began has left something running, which ends now. */
  private <T> void undo(FsCallback<T> tooLate, FsStatus ended, T result) {
    if (result instanceof ReadResult read) {
      read.release();
    }
    program.overdue().warn("an operation that had been given up ended", ended);
    try {
      tooLate.done(ended, result);
    } catch (Throwable e) {
      program.failures().error("undoing an operation that had been given up failed", e);
    }
  }

  private void endAbandoned(Throwable cause) {
    boolean wasRunning = phase != Phase.IDLE;
    abandon(cause);
    if (wasRunning && !pumping) {
      program.finished(this);
    }
  }

  // --- one operation ---

  private void startOperation() {
    phase = Phase.IN_OPERATION;
    operationsBegun++;
    running = null;
    int number = reader().int32();
    if (reader().isMalformed()) {
      // There is no number to answer under: RFC 8881, section 15.1.2.1, gives it that of
      // OP_ILLEGAL.
      beginResult(Operation.ILLEGAL_NUMBER);
      done(Nfs4Status.BADXDR);
      return;
    }
    Operation operation = table.operation(number);
    if (operation == null) {
      beginResult(Operation.ILLEGAL_NUMBER);
      done(Nfs4Status.OP_ILLEGAL);
      return;
    }
    beginResult(number);
    running = operation;
    OpSpec spec = table.spec(operation);
    Nfs4Status refusal = refusalOf(spec);
    if (!refusal.isOk()) {
      done(refusal);
      return;
    }
    if (recent != null && spec.mutates()) {
      recent.changesSomething();
    }
    switch (turn.ask(table, operation)) {
      case ADMITTED -> runOperation();
      case QUEUED -> phase = Phase.AWAITING_ADMISSION;
      case FULL -> done(Nfs4Status.DELAY);
    }
  }

  /** It had to wait for its turn, which has come. */
  void admitted(long waitedNanos) {
    begunNanos += waitedNanos;
    phase = Phase.ADMITTED;
    pump();
  }

  private void runOperation() {
    Operation operation = running;
    try {
      table.op(operation).start(this);
    } catch (Throwable e) {
      retired = true;
      operationsBegun++;
      program.failures().error(operation + " failed for " + connection().remote(), e);
      if (phase == Phase.IN_OPERATION) {
        done(Nfs4Status.SERVERFAULT);
      }
    }
  }

  private void beginResult(int number) {
    resultCount++;
    writer().int32(number);
    resultPlace = writer().reserveInt32();
  }

  private Nfs4Status refusalOf(OpSpec spec) {
    if (refusalOfNext != null) {
      return refusalOfNext;
    }
    if (index >= table.maxOperations()) {
      return Nfs4Status.RESOURCE;
    }
    Nfs4Status misplaced = misplaced(spec.place());
    if (!misplaced.isOk()) {
      return misplaced;
    }
    if (spec.needsFileHandle() && currentFileHandle() == null) {
      return Nfs4Status.NOFILEHANDLE;
    }
    if (spec.mutates() && replyRoomBytes() < spec.maxResultBytes()) {
      return replyTooBig();
    }
    return Nfs4Status.OK;
  }

  /** RFC 8881, sections 2.10.6.4 and 18.46.3: what may come first, alone, or after a SEQUENCE. */
  private Nfs4Status misplaced(OpSpec.Place place) {
    boolean first = index == 0;
    boolean sole = first && operationCount() == 1;
    return switch (place) {
      case ANY -> Nfs4Status.OK;
      case FIRST -> first ? Nfs4Status.OK : Nfs4Status.SEQUENCE_POS;
      case SOLE -> sole ? Nfs4Status.OK : Nfs4Status.NOT_ONLY_OP;
      case SOLE_OR_IN_SESSION -> sole || !first ? Nfs4Status.OK : Nfs4Status.NOT_ONLY_OP;
      case IN_SESSION -> first ? Nfs4Status.OP_NOT_IN_SESSION : Nfs4Status.OK;
    };
  }

  @Override
  public void done(Nfs4Status ended) {
    if (!ended.isOk() && phase == Phase.IN_OPERATION) {
      cutResult();
    }
    doneKeepingResult(ended);
  }

  @Override
  public void done(FsStatus ended) {
    if (ended == FsStatus.FENCED) {
      fenced = true;
      done(Nfs4Status.SERVERFAULT);
    } else {
      done(FsStatusMapping.of(ended));
    }
  }

  @Override
  public void doneKeepingResult(Nfs4Status ended) {
    if (phase != Phase.IN_OPERATION) {
      throw new IllegalStateException(
          "an operation ended with " + ended + " while the compound was " + phase);
    }
    status = table.status(running, ended);
    // Operations that change something were held against their largest result before they ran.
    if (replyRoomBytes() < 0) {
      status = table.status(running, replyTooBig());
      cutResult();
    }
    writer().patchInt32(resultPlace, status.code());
    turn.operationEnded(running);
    tellObserver();
    proceed();
  }

  @Override
  public void moved(int bytes) {
    turn.moved(bytes);
  }

  @Override
  public void observeResult(ResultObserver newObserver) {
    observer = newObserver;
  }

  private void tellObserver() {
    if (observer != null) {
      ResultObserver asked = observer;
      observer = null;
      asked.ended(status, writer().buffer(), resultPlace + Integer.BYTES);
    }
  }

  /** Leaves of a result what an error has. */
  private void cutResult() {
    writer().truncateAfter(resultPlace);
    if (running == Operation.SETATTR) {
      // The one operation whose failure has a body whatever the reason (RFC 8881, section 18.30.2):
      // the attributes that were set all the same, which are none.
      Bitmap4.EMPTY.encode(writer());
    }
  }

  @Override
  public void replay(ByteBuf compoundResult) {
    if (phase != Phase.IN_OPERATION || index != 0) {
      throw new IllegalStateException("only SEQUENCE replays, not operation " + index);
    }
    replayed = true;
    writer().truncateTo(compoundMark);
    writer().encoded(compoundResult, compoundResult.readerIndex(), compoundResult.readableBytes());
    proceed();
  }

  @Override
  public void refuseNextOperation(Nfs4Status refusal) {
    refusalOfNext = refusal;
  }

  private void proceed() {
    index++;
    phase = Phase.BETWEEN_OPERATIONS;
    if (!pumping) {
      pump();
    }
  }

  // --- room ---

  @Override
  public int replyRoomBytes() {
    // Whatever this one takes, the next one must be able to say that it failed.
    boolean last = index == 0 || Integer.compareUnsigned(index + 1, operationCount()) >= 0;
    return replyLimitBytes() - recordBytes() - (last ? 0 : ERROR_RESULT_BYTES);
  }

  @Override
  public Nfs4Status replyTooBig() {
    SlotHandle slot = slot();
    boolean cacheBinds =
        slot != null
            && slot.cachesReply()
            && slot.maxCachedResponseBytes() < slot.maxResponseBytes();
    return cacheBinds ? Nfs4Status.REP_TOO_BIG_TO_CACHE : Nfs4Status.REP_TOO_BIG;
  }

  private int replyLimitBytes() {
    SlotHandle slot = slot();
    if (slot == null) {
      return program.maxReplyBytes();
    }
    int limit = Math.min(slot.maxResponseBytes(), program.maxReplyBytes());
    return slot.cachesReply() ? Math.min(limit, slot.maxCachedResponseBytes()) : limit;
  }

  /** The reply as the session's limits count it: with the RPC header, without the record mark. */
  private int recordBytes() {
    return writer().position() - Integer.BYTES;
  }

  // --- the end ---

  private void finish() {
    phase = Phase.AWAITING_DURABILITY;
    turn.operationsEnded(recordBytes());
    if (!replayed) {
      writer().patchInt32(statusPlace, status.code());
      writer().patchInt32(countPlace, resultCount);
    }
    if (fenced) {
      durable(FsStatus.FENCED, null);
    } else if (replayed) {
      durable(FsStatus.OK, null);
    } else {
      fileSystem().awaitDurable(fsCall().requiredSequence(), onDurable);
    }
  }

  private void durable(FsStatus durability, Void nothing) {
    if (phase != Phase.AWAITING_DURABILITY) {
      return; // It was abandoned meanwhile.
    }
    try {
      answer(durability == FsStatus.OK, durability);
    } catch (Throwable e) {
      abandon(e);
    }
    if (!pumping) {
      program.finished(this);
    }
  }

  /** Has the reply kept, and retransmissions that came meanwhile answered with it. */
  private void endRecent(boolean tell) {
    byte[] reply = null;
    if (tell && recent.wantsReply()) {
      ByteBuf result = writer().wholeFrom(compoundMark);
      reply = new byte[result.readableBytes()];
      result.readBytes(reply);
      result.release();
    }
    recent.end(reply);
  }

  private void answer(boolean tell, FsStatus durability) {
    SlotHandle slot = slot();
    if (slot != null && tell && slot.cachesReply()) {
      ByteBuf result = writer().wholeFrom(compoundMark);
      try {
        slot.captureReply(result);
      } finally {
        result.release();
      }
    }
    giveBackSlot();
    if (recent != null) {
      endRecent(tell);
    }
    turn.answered(!pumping);
    RpcCall call = rpc();
    phase = Phase.IDLE;
    if (tell) {
      call.send();
    } else {
      program.withheld().warn("withheld a reply, the file system is fenced", durability);
      call.connection().close();
      call.drop();
    }
  }
}
