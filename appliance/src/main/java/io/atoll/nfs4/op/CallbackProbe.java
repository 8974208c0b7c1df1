package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackAddress;
import io.atoll.rpc.RpcConnection;

/** Finds out whether a client of NFSv4.0 takes callbacks (RFC 7530, section 16.34.5). */
@FunctionalInterface
public interface CallbackProbe {
  /** Asks nobody. */
  CallbackProbe NONE = (from, address) -> {};

  /**
   * Begins to, and returns at once.
   *
   * @param from the connection that the client is on
   * @param address where it says that it takes callbacks
   */
  void probe(RpcConnection from, CallbackAddress address);
}
