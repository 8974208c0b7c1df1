package io.atoll.control.catalog;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * An address and a port, written as numbers: nothing is looked up.
 *
 * @param address resolved
 */
public record MountAddress(InetSocketAddress address) {
  private static final int PORT_MAX = 65_535;

  /**
   * @param text {@code 127.0.0.1:2050} or {@code [::1]:2050}
   * @throws IllegalArgumentException if it is neither
   */
  public static MountAddress of(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    boolean valid =
        bare.equals(host) ? NetUtil.isValidIpV4Address(host) : NetUtil.isValidIpV6Address(bare);
    if (!valid || port < 1) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address and a port, as in 127.0.0.1:2050 or [::1]:2050");
    }
    return new MountAddress(new InetSocketAddress(bare, port));
  }

  private static int port(String digits) {
    try {
      int port = Integer.parseInt(digits);
      return port > PORT_MAX ? -1 : port;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public String toString() {
    return NetUtil.toSocketAddressString(address);
  }
}
