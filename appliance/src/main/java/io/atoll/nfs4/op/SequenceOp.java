package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ChannelAttributes;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.SequenceVerdict;
import io.atoll.nfs4.state.Session;
import io.atoll.nfs4.state.StatusFlags;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * SEQUENCE (RFC 8881, section 18.46): takes a slot, or tells a retry. All that can make it fail is
 * found before slot or lease move.
 *
 * <p>In a session that was just made or bound, it is also the sign that the client knows so, and
 * takes callbacks over the connection if it ever will.
 */
final class SequenceOp implements Op {
  /** Session ID, sequence, slot, highest slot, target, flags. */
  private static final int RESULT_BYTES = 16 + 5 * Integer.BYTES;

  private final NfsState state;

  SequenceOp(NfsState state) {
    this.state = state;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    Session session = state.session(SessionCodec.sessionId(reader));
    int sequence = reader.int32();
    int slotId = reader.int32();
    int highestSlotId = reader.int32();
    boolean cacheThis = reader.bool();
    if (call.refusesArguments()) {
      return;
    }
    if (session == null) {
      call.done(Nfs4Status.BADSESSION);
      return;
    }
    long digest = digest(call, cacheThis);
    long principal = Callers.principal(call);
    SequenceVerdict verdict =
        session.judge(
            slotId,
            sequence,
            highestSlotId,
            call.requestBytes(),
            call.operationCount(),
            digest,
            principal);
    switch (verdict) {
      case NEW -> {
        Nfs4Status room = roomForReply(call, session.fore(), cacheThis);
        if (room.isOk()) {
          call.takeSlot(
              session.take(slotId, sequence, highestSlotId, digest, principal, cacheThis));
          session.backChannel().probe();
          encode(call.writer(), session, sequence, slotId);
        }
        call.done(room);
      }
      case REPLAY -> call.replay(session.cachedReply(slotId));
      case UNCACHED -> {
        // The SEQUENCE itself is as it was (section 2.10.6.1.3); what follows it can't be told.
        call.refuseNextOperation(verdict.status());
        encode(call.writer(), session, sequence, slotId);
        call.done(Nfs4Status.OK);
      }
      default -> call.done(verdict.status());
    }
  }

  /** What tells this request from another one under the same sequence: its shape and its bytes. */
  private static long digest(CompoundCall call, boolean cacheThis) {
    long shape = 31L * call.requestBytes() + call.operationCount();
    shape = shape * 2 + (cacheThis ? 1 : 0);
    return shape << Integer.SIZE ^ Integer.toUnsignedLong(call.reader().checksumOfRest());
  }

  /**
   * Whether at least this operation's own result fits, and can be kept if it is to be, and after it
   * the next one's that it failed.
   */
  private static Nfs4Status roomForReply(
      CompoundCall call, ChannelAttributes fore, boolean cacheThis) {
    int recordMarkBytes = Integer.BYTES;
    int nextBytes = call.operationCount() == 1 ? 0 : CompoundCall.ERROR_RESULT_BYTES;
    int replyBytes = call.writer().position() - recordMarkBytes + RESULT_BYTES + nextBytes;
    if (Integer.compareUnsigned(replyBytes, fore.maxResponseBytes()) > 0) {
      return Nfs4Status.REP_TOO_BIG;
    }
    return cacheThis && Integer.compareUnsigned(replyBytes, fore.maxCachedResponseBytes()) > 0
        ? Nfs4Status.REP_TOO_BIG_TO_CACHE
        : Nfs4Status.OK;
  }

  private static void encode(XdrWriter writer, Session session, int sequence, int slotId) {
    SessionCodec.encode(writer, session.id());
    writer.int32(sequence);
    writer.int32(slotId);
    writer.int32(session.highestSlotId());
    writer.int32(session.targetHighestSlotId());
    writer.int32(StatusFlags.of(session));
  }
}
