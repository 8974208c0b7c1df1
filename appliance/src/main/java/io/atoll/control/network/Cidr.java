package io.atoll.control.network;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A network: an address and how many of its first bits all of its addresses share. Immutable. */
public final class Cidr {
  private final byte[] network;
  private final int prefixBits;

  private Cidr(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads {@code ADDRESS/BITS}, of IPv4 or IPv6.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        slash < 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash));
    if (address == null || text.indexOf('%') >= 0) {
      throw wrong(text, "is no network, as 10.0.0.0/8 or fd00::/8 are");
    }
    int bits = bits(text.substring(slash + 1));
    if (bits < 0 || bits > address.length * Byte.SIZE) {
      throw wrong(text, "has no prefix of 0 to " + address.length * Byte.SIZE + " bits");
    }
    byte[] network = masked(address, bits);
    if (!Arrays.equals(network, address)) {
      throw wrong(text, "has bits set behind its prefix: " + new Cidr(network, bits) + "?");
    }
    return new Cidr(network, bits);
  }

  private static IllegalArgumentException wrong(String text, String what) {
    return new IllegalArgumentException("'" + text + "' " + what);
  }

  private static int bits(String digits) {
    if (digits.isEmpty() || digits.length() > 3) {
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
    return value;
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] network = address.clone();
    for (int i = 0; i < network.length; i++) {
      int kept = Math.clamp(bits - i * Byte.SIZE, 0, Byte.SIZE);
      network[i] &= (byte) (0xff << (Byte.SIZE - kept));
    }
    return network;
  }

  /** Whether {@code address} is in here. One of the other IP version is not. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == network.length && Arrays.equals(masked(bytes, prefixBits), network);
  }

  /** Whether all of {@code other} is in here. */
  public boolean contains(Cidr other) {
    return other.network.length == network.length
        && other.prefixBits >= prefixBits
        && Arrays.equals(masked(other.network, prefixBits), network);
  }

  /** Whether the two have an address in common. */
  public boolean overlaps(Cidr other) {
    return contains(other) || other.contains(this);
  }

  public boolean isIpv4() {
    return network.length == Integer.BYTES;
  }

  public int prefixBits() {
    return prefixBits;
  }

  /** How many addresses there are in here, of IPv4. */
  public long size() {
    return 1L << (network.length * Byte.SIZE - prefixBits);
  }

  /** The address that is {@code index} after the first, of IPv4. */
  public InetAddress address(long index) {
    long first = 0;
    for (byte part : network) {
      first = first << Byte.SIZE | (part & 0xff);
    }
    long value = first + index;
    byte[] bytes = new byte[network.length];
    for (int i = bytes.length - 1; i >= 0; i--) {
      bytes[i] = (byte) value;
      value >>>= Byte.SIZE;
    }
    return of(bytes);
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr cidr
        && cidr.prefixBits == prefixBits
        && Arrays.equals(cidr.network, network);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(network) * 31 + prefixBits;
  }

  @Override
  public String toString() {
    return NetUtil.toAddressString(of(network)) + "/" + prefixBits;
  }
}
