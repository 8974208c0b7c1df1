package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Finds out whether clients of NFSv4.0 take callbacks, by CB_NULL (RFC 7530, section 16.34.5).
 * Confined to the home loop.
 */
public final class CallbackProbe {
  /** Probes under way at once; at the bound, a client is taken for one that takes none. */
  static final int MAX_PROBES = 64;

  private final NullCall nullCall;
  private int underWay;

  /** Calls a program's null procedure somewhere. */
  @FunctionalInterface
  public interface NullCall {
    /** Calls nobody: all clients are taken for such that take no callbacks. */
    NullCall NONE = (address, program, answered) -> answered.accept(false);

    /**
     * Begins to, and returns at once.
     *
     * @param program the RPC program, of version 1
     * @param answered told once, now or later on the loop but within seconds: whether it answered
     */
    void call(InetSocketAddress address, int program, Consumer<Boolean> answered);
  }

  public CallbackProbe(NullCall nullCall) {
    this.nullCall = nullCall;
  }

  /**
   * Asks a client whose callback address was confirmed. Only where the client itself is: else who
   * may send SETCLIENTID could have this server connect to others.
   *
   * @param from where the client's call came from; null if not over the Internet
   * @param answered told once whether the client takes callbacks
   */
  void probe(InetAddress from, CallbackAddress callback, Consumer<Boolean> answered) {
    InetSocketAddress address = UniversalAddress.parse(callback.netId(), callback.address());
    if (address == null || !address.getAddress().equals(from) || underWay >= MAX_PROBES) {
      answered.accept(false);
      return;
    }
    underWay++;
    nullCall.call(
        address,
        callback.program(),
        isUp -> {
          underWay--;
          answered.accept(isUp);
        });
  }
}
