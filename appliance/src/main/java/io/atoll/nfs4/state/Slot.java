package io.atoll.nfs4.state;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One slot of a session: at most one request at a time, and the reply to the last one (RFC 8881
 * §2.10.6.1). Loop-confined. The reply's bytes are kept in an array that grows to what replies
 * need, at most {@code ca_maxresponsesize_cached}, and is used again.
 */
final class Slot implements SlotHandle {
  private static final byte[] NO_BYTES = {};

  /** What a slot is doing. */
  private enum Phase {
    /** Not used since it was made, or made again. */
    FRESH,
    /** Its request runs. */
    RUNNING,
    /** Idle; the last reply is kept. */
    CACHED,
    /** Idle; the client did not want the last reply kept, or it never came to be. */
    UNCACHED
  }

  private final Session session;
  private Phase phase = Phase.FRESH;
  private int sequence;
  private int toldGeneration;
  private long digest;
  private long principal;
  private boolean cacheThis;
  private byte[] reply = NO_BYTES;
  private int replyBytes;

  /**
   * @param lastSequence that of a slot of this number which the session had before, or 0
   */
  Slot(Session session, int lastSequence) {
    this.session = session;
    this.sequence = lastSequence;
  }

  /** The last request's; of a slot that was not used since it was made, as it was given. */
  int sequence() {
    return sequence;
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  /** Which of the table's targets the last reply told; see {@link SlotTable}. */
  int toldGeneration() {
    return toldGeneration;
  }

  void toldGeneration(int generation) {
    toldGeneration = generation;
  }

  /** What a request with these means for the slot. Changes nothing. */
  SequenceVerdict judge(int requestedSequence, long requestDigest, long requestPrincipal) {
    if (phase == Phase.FRESH && requestedSequence == 1) {
      // Made again: the client may have forgotten the one before, or not have noticed.
      return SequenceVerdict.NEW;
    }
    if (requestedSequence == sequence + 1) {
      // §2.10.6.1: the next request while one runs breaks the rule of one at a time.
      return phase == Phase.RUNNING ? SequenceVerdict.MISORDERED : SequenceVerdict.NEW;
    }
    if (requestedSequence != sequence || phase == Phase.FRESH) {
      return SequenceVerdict.MISORDERED;
    }
    if (phase == Phase.RUNNING) {
      return SequenceVerdict.STILL_RUNNING;
    }
    // §2.10.6.1.3.1: the same sequence with another request or from another principal.
    if (requestDigest != digest || requestPrincipal != principal) {
      return SequenceVerdict.FALSE_RETRY;
    }
    return phase == Phase.CACHED ? SequenceVerdict.REPLAY : SequenceVerdict.UNCACHED;
  }

  /** Begins a request that was judged NEW. */
  void take(int requestSequence, long requestDigest, long requestPrincipal, boolean cache) {
    assert phase != Phase.RUNNING : "slot taken twice";
    phase = Phase.RUNNING;
    sequence = requestSequence;
    digest = requestDigest;
    principal = requestPrincipal;
    cacheThis = cache;
    replyBytes = -1;
    session.requestStarted();
  }

  /** The kept COMPOUND4res; only after REPLAY. Valid until the slot is taken again. */
  ByteBuf cachedReply() {
    return Unpooled.wrappedBuffer(reply, 0, replyBytes);
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public int maxResponseBytes() {
    return session.fore().maxResponseBytes();
  }

  @Override
  public int maxCachedResponseBytes() {
    return session.fore().maxCachedResponseBytes();
  }

  @Override
  public boolean cachesReply() {
    return cacheThis;
  }

  @Override
  public void captureReply(ByteBuf compoundResult) {
    int length = compoundResult.readableBytes();
    if (length > maxCachedResponseBytes()) {
      throw new IllegalArgumentException(
          "reply of %d bytes captured over the session's bound of %d"
              .formatted(length, maxCachedResponseBytes()));
    }
    if (reply.length < length) {
      reply = new byte[length];
    }
    compoundResult.getBytes(compoundResult.readerIndex(), reply, 0, length);
    replyBytes = length;
  }

  @Override
  public void finalise() {
    if (phase != Phase.RUNNING) {
      throw new IllegalStateException("slot given back twice, sequence " + sequence);
    }
    phase = replyBytes >= 0 ? Phase.CACHED : Phase.UNCACHED;
    session.requestEnded();
  }
}
