package io.atoll;

import io.atoll.StartFailure.Kind;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Whether an address can be listened on, and if not, what to do about it. Blocks. */
final class NfsAddress {
  /** On Linux by default: {@code net.ipv4.ip_unprivileged_port_start}. */
  private static final int UNPRIVILEGED_PORT_MIN = 1024;

  private static final String NFS_OPTION = "--nfs";

  private NfsAddress() {}

  /** As {@link #check(InetSocketAddress, String)}, of the address for NFS. */
  static void check(InetSocketAddress wanted) {
    check(wanted, NFS_OPTION);
  }

  /**
   * Listens on the address for a moment, as can be done before there is anything to serve.
   *
   * @param option that says where to listen
   * @throws StartFailure if it can't be had now
   */
  static void check(InetSocketAddress wanted, String option) {
    boolean v6 = wanted.getAddress() instanceof Inet6Address;
    try (ServerSocketChannel probe =
        ServerSocketChannel.open(v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
      // As the listener has it: what a stopped node has left in TIME_WAIT is in nobody's way.
      probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      probe.bind(wanted, 1);
    } catch (IOException | UnsupportedOperationException e) {
      throw refusal(wanted, e, option);
    }
  }

  /** Why {@code wanted} can't be listened on. */
  static StartFailure refusal(InetSocketAddress wanted, Throwable cause) {
    return refusal(wanted, cause, NFS_OPTION);
  }

  /** As {@link #refusal(InetSocketAddress, Throwable)}, where another option says where. */
  static StartFailure refusal(InetSocketAddress wanted, Throwable cause, String option) {
    return new StartFailure(
        Kind.ADDRESS,
        "can't listen on "
            + NetUtil.toSocketAddressString(wanted)
            + " ("
            + cause.getMessage()
            + "): "
            + wayOut(wanted, option));
  }

  private static String wayOut(InetSocketAddress wanted, String option) {
    if (!isOfThisMachine(wanted.getAddress())) {
      return "this machine has no such address; 'ip address' lists those that it has, and 0.0.0.0"
          + " stands for all of them ("
          + option
          + ")";
    }
    String inUse = "another process may have it, as 'ss -ltnp' tells: stop that one, or choose";
    return wanted.getPort() > 0 && wanted.getPort() < UNPRIVILEGED_PORT_MIN
        ? "a port below "
            + UNPRIVILEGED_PORT_MIN
            + " wants root or CAP_NET_BIND_SERVICE, and "
            + inUse
            + " another port ("
            + option
            + ")"
        : inUse + " another port (" + option + ")";
  }

  private static boolean isOfThisMachine(InetAddress address) {
    if (address.isAnyLocalAddress() || address.isLoopbackAddress()) {
      return true;
    }
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // not known, so not claimed
    }
  }
}
