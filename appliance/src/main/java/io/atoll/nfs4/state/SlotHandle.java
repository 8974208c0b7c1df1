package io.atoll.nfs4.state;

import io.netty.buffer.ByteBuf;

/**
 * The slot of a session that a compound runs in (RFC 8881, section 2.10.6), as far as the pump
 * needs it. SEQUENCE takes the slot; the pump gives it back. While it is taken, a retry of the
 * request is answered NFS4ERR_DELAY. Confined to the home loop.
 */
public interface SlotHandle {

  /** Whose slot it is. */
  Session session();

  /** ca_maxresponsesize: the most bytes of a reply, RPC header included. */
  int maxResponseBytes();

  /** ca_maxresponsesize_cached: the most bytes of a reply that is kept. */
  int maxCachedResponseBytes();

  /** sa_cachethis: the client wants the reply kept. */
  boolean cachesReply();

  /**
   * Keeps the reply. Called at most once, only if {@link #cachesReply}, when all that the reply
   * states is durable and before it is sent.
   *
   * @param compoundResult the readable bytes are the whole COMPOUND4res; copied, not kept
   */
  void captureReply(ByteBuf compoundResult);

  /**
   * Gives the slot back: called exactly once for each request that took it, whether a reply was
   * sent or not, and whether the connection still lives or not.
   */
  void finalise();
}
