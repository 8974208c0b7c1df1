package io.atoll.nfs4.op;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A universal address of TCP (RFC 5665, sections 5.2.3.3 and 5.2.3.4). */
final class UniversalAddress {
  private static final int OCTET_BITS = 8;
  private static final int MAX_OCTET = 255;
  private static final int MAX_OCTET_DIGITS = 3;
  private static final int IPV4_DOTS = 3;

  private UniversalAddress() {}

  /**
   * Reads one: an address, and the port's two bytes behind dots. Asks no name service.
   *
   * @param netId {@code tcp} or {@code tcp6}
   * @return null if it is none
   */
  static InetSocketAddress parse(String netId, String text) {
    if (!netId.equals("tcp") && !netId.equals("tcp6")) {
      return null;
    }
    int low = text.lastIndexOf('.');
    int high = text.lastIndexOf('.', low - 1);
    if (high <= 0) {
      return null;
    }
    int highByte = octet(text.substring(high + 1, low));
    int lowByte = octet(text.substring(low + 1));
    String host = text.substring(0, high);
    InetAddress address = isShort(netId, host) ? null : literal(host);
    if (highByte < 0 || lowByte < 0 || address == null) {
      return null;
    }
    int port = highByte << OCTET_BITS | lowByte;
    return port == 0 ? null : new InetSocketAddress(address, port);
  }

  /** Whether it is one of the abbreviations of IPv4 addresses that Java reads too. */
  private static boolean isShort(String netId, String host) {
    return netId.equals("tcp") && host.chars().filter(c -> c == '.').count() != IPV4_DOTS;
  }

  private static InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException none) {
      return null;
    }
  }

  /** -1 if it is none. */
  private static int octet(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_OCTET_DIGITS) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      value = value * 10 + digit - '0';
    }
    return value <= MAX_OCTET ? value : -1;
  }
}
