package io.atoll.nfs4.compound;

import io.atoll.rpc.RpcCall;

/** A call of NFSv4.0 that runs, as its retransmissions see it. Confined to the home loop. */
final class RecentCall {
  private final RecentCalls calls;
  private final RecentCalls.Key key;
  private boolean changesSomething;

  /** The last one that came meanwhile, or null. */
  private RpcCall retransmission;

  RecentCall(RecentCalls calls, RecentCalls.Key key) {
    this.calls = calls;
    this.key = key;
  }

  /** An operation begins that must not be done twice. */
  void changesSomething() {
    changesSomething = true;
  }

  /** It has come again, and is to be answered when this ends. The client forgot of earlier ones. */
  void retransmitted(RpcCall again) {
    drop();
    retransmission = again;
  }

  /** Whether anybody needs the reply but who waits for it first. */
  boolean wantsReply() {
    return changesSomething || retransmission != null;
  }

  /**
   * It has ended.
   *
   * @param reply the COMPOUND4res, durable; null if there is none, or {@link #wantsReply} is false
   */
  void end(byte[] reply) {
    calls.ended(key, changesSomething ? reply : null);
    if (reply != null && retransmission != null) {
      RpcCall again = retransmission;
      retransmission = null;
      answer(again, reply);
    }
    drop();
  }

  private void drop() {
    if (retransmission != null) {
      RpcCall gone = retransmission;
      retransmission = null;
      gone.drop();
    }
  }

  static void answer(RpcCall call, byte[] reply) {
    call.accept().fixedOpaque(reply);
    call.send();
  }
}
