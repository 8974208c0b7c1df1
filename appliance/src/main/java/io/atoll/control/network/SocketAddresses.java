package io.atoll.control.network;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** An address and a port, written as numbers: nothing is looked up. */
public final class SocketAddresses {
  private static final int PORT_MAX = 65_535;
  private static final int PORT_DIGITS_MAX = 5;

  private SocketAddresses() {}

  /**
   * Reads {@code 127.0.0.1:2050} or {@code [::1]:2050}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    int port = colon < 0 ? 0 : port(text.substring(colon + 1));
    boolean valid = bracketed ? NetUtil.isValidIpV6Address(bare) : NetUtil.isValidIpV4Address(bare);
    if (!valid || port == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address and a port, as in 127.0.0.1:2050 or [::1]:2050");
    }
    return new InetSocketAddress(bare, port);
  }

  /** The port, or 0 if it is none. */
  private static int port(String digits) {
    if (!digits.matches("[0-9]{1," + PORT_DIGITS_MAX + "}")) {
      return 0;
    }
    int port = Integer.parseInt(digits);
    return port > PORT_MAX ? 0 : port;
  }
}
