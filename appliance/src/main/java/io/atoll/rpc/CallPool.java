package io.atoll.rpc;

import java.util.ArrayDeque;

/**
 * Calls that have ended, kept for the next ones, whichever connection of the server these come
 * over. Confined to these connections' loop.
 */
final class CallPool {
  /** The most that are kept; each takes about 700 bytes of heap. */
  static final int MAX_IDLE_CALLS = 1024;

  private final ArrayDeque<RpcCall> idle = new ArrayDeque<>();

  RpcCall take() {
    RpcCall call = idle.poll();
    return call == null ? new RpcCall() : call;
  }

  /** Takes {@code call} back, unless somebody still looks at it. */
  void giveBack(RpcCall call) {
    if (!call.isFree()) {
      return;
    }
    call.rest();
    if (idle.size() < MAX_IDLE_CALLS) {
      idle.push(call);
    }
  }

  /** How many are kept. */
  int idle() {
    return idle.size();
  }
}
