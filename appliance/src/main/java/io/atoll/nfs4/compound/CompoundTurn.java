package io.atoll.nfs4.compound;

import io.atoll.figures.RequestFigures;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.meter.RequestKind;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.RpcCall;
import java.util.concurrent.TimeUnit;

/**
 * What a compound counts for, its place among those that wait for their turn, and how long it takes
 * with what. An operation that costs something asks before it starts: until then it has had no
 * effect, but that SEQUENCE has taken a slot. What it asks for is the compound's cost beyond what
 * was paid by an operation before it: each READ and WRITE counts, everything else 4 KiB once, and
 * nothing beside a READ or WRITE. Confined to the home loop; serves one compound after the other.
 */
final class CompoundTurn extends AdmissionRequest {
  /** A request that takes longer, its turn not awaited, is told of. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** From the arguments' begin: past stateid and offset. */
  private static final int READ_COUNT_DISTANCE = 24;

  /** Past stateid, offset and stability. */
  private static final int WRITE_LENGTH_DISTANCE = 28;

  private static final long METADATA_THIRDS = Metering.thirdsOf(RequestKind.METADATA, 0);

  private final Compound compound;
  private final NfsProgram program;
  private final RequestMeter meter;

  private RpcCall call;
  private int requestBytes;
  private boolean isPaid;
  private boolean isData;
  private boolean isState;
  private boolean wasMetadata;

  /** What was paid ahead for metadata, and a READ or WRITE that follows need not pay again. */
  private long aheadThirds;

  /** Of the running operation. */
  private RequestKind kind;

  private long costThirds;
  private int movedBytes;

  private long beganWaitingNanos;
  private int waitingBytes;
  private long stepNanos;
  private long waitedNanos;
  private long slowestNanos;
  private Operation slowest;

  CompoundTurn(Compound compound, NfsProgram program) {
    this.compound = compound;
    this.program = program;
    this.meter = program.meter();
  }

  void restart(RpcCall newCall, long nowNanos) {
    call = newCall;
    requestBytes = newCall.requestBytes();
    isPaid = false;
    isData = false;
    isState = false;
    wasMetadata = false;
    aheadThirds = 0;
    kind = null;
    stepNanos = nowNanos;
    waitedNanos = 0;
    slowestNanos = 0;
    slowest = null;
  }

  // --- before ---

  /** Whether the operation, whose arguments are next to be read, may start now. */
  Admittance ask(OpTable table, Operation operation) {
    kind = null;
    movedBytes = 0;
    return switch (table.weight(operation)) {
      case NOTHING -> Admittance.ADMITTED;
      case STATE -> {
        isState = true;
        yield Admittance.ADMITTED;
      }
      case METADATA -> askForMetadata(table, operation);
      case METADATA_UNLESS_GRACE ->
          meter.isInGrace() ? Admittance.ADMITTED : askForMetadata(table, operation);
      case READ -> askForData(RequestKind.DATA_READ, READ_COUNT_DISTANCE, readLimit());
      case WRITE -> askForData(RequestKind.DATA_WRITE, WRITE_LENGTH_DISTANCE, writeLimit());
    };
  }

  private int readLimit() {
    return compound.export().facts().maxReadBytes();
  }

  private int writeLimit() {
    return compound.export().facts().maxWriteBytes();
  }

  private Admittance askForMetadata(OpTable table, Operation operation) {
    if (isPaid || isState) {
      return Admittance.ADMITTED;
    }
    Admittance answer = submit(METADATA_THIRDS);
    if (answer == Admittance.FULL && countsForOwner(table, operation)) {
      // NFS4ERR_DELAY would use up its owner's seqid, which has not been looked at yet.
      answer = Admittance.ADMITTED;
    }
    if (answer != Admittance.FULL) {
      isPaid = true;
      wasMetadata = true;
      aheadThirds = METADATA_THIRDS;
    }
    return answer;
  }

  private static boolean countsForOwner(OpTable table, Operation operation) {
    return table.minorVersion() == 0
        && (operation == Operation.OPEN || operation == Operation.LOCK);
  }

  private Admittance askForData(RequestKind data, int lengthDistance, int limitBytes) {
    long bytes = Math.min(call.reader().peekUint32(lengthDistance), limitBytes);
    long thirds = Metering.thirdsOf(data, bytes);
    Admittance answer = submit(Math.max(0, thirds - aheadThirds));
    if (answer != Admittance.FULL) {
      kind = data;
      costThirds = thirds;
      isPaid = true;
      isData = true;
      aheadThirds = 0;
    }
    return answer;
  }

  private Admittance submit(long thirds) {
    Admittance answer = meter.submit(compound.slot(), compound.connection(), this, thirds);
    if (answer == Admittance.QUEUED) {
      beganWaitingNanos = program.monotonicNanos();
      waitingBytes = call.heldBytes();
      meter.holds().began(compound.connection(), waitingBytes);
    }
    return answer;
  }

  @Override
  protected void admitted() {
    meter.holds().ended(compound.connection(), waitingBytes);
    long now = program.monotonicNanos();
    long waited = now - beganWaitingNanos;
    meter.figures().admissionWait().record(waited);
    waitedNanos += waited;
    stepNanos = now;
    compound.admitted(waited);
  }

  // --- after ---

  /** The running operation has moved so many bytes of payload. */
  void moved(int bytes) {
    movedBytes = bytes;
  }

  /**
   * @param operation null if there is no such
   */
  void operationEnded(Operation operation) {
    if (kind != null) {
      long thirds = Metering.thirdsOf(kind, movedBytes);
      if (thirds < costThirds) {
        meter.giveBack(costThirds - thirds);
      }
      meter.record(kind, movedBytes);
      kind = null;
    }
    long now = program.monotonicNanos();
    long took = now - stepNanos;
    stepNanos = now;
    if (operation != null) {
      RequestFigures figures = meter.figures();
      figures.operation(operation.number()).record(took);
      if (took > slowestNanos) {
        slowestNanos = took;
        slowest = operation;
      }
    }
  }

  /**
   * All operations have ended, with a reply of so many bytes: what had neither READ nor WRITE
   * counts for the longer of request and reply.
   */
  void operationsEnded(int replyBytes) {
    if (wasMetadata && !isData) {
      long bytes = Math.max(requestBytes, replyBytes);
      long thirds = Metering.thirdsOf(RequestKind.METADATA, bytes);
      if (thirds > METADATA_THIRDS) {
        meter.alsoTook(thirds - METADATA_THIRDS);
      }
      meter.record(RequestKind.METADATA, bytes);
    } else if (!isData) {
      meter.record(RequestKind.STATE, 0);
    }
  }

  /**
   * It is answered, or will not be.
   *
   * @param waited whether the reply had to wait for the log
   */
  void answered(boolean waited) {
    long now = program.monotonicNanos();
    long forLog = now - stepNanos;
    if (waited) {
      meter.figures().durabilityWait().record(forLog);
    }
    if (slowestNanos + forLog > SLOW_NANOS) {
      meter.figures().slowRequest();
      program
          .slow()
          .warn(
              "a request took long",
              compound.connection().remote()
                  + ", "
                  + TimeUnit.NANOSECONDS.toMillis(slowestNanos)
                  + " ms for "
                  + slowest
                  + ", "
                  + TimeUnit.NANOSECONDS.toMillis(forLog)
                  + " ms for the log, after "
                  + TimeUnit.NANOSECONDS.toMillis(waitedNanos)
                  + " ms for its turn");
    }
  }
}
