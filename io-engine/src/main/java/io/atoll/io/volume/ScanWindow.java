package io.atoll.io.volume;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * How far one step of a scan reads: to the scan's end, until a step has given up for all the
 * deleted entries in its way. From then on it reads over a part of the keys ahead, a smaller one
 * when a step gives up once more, a larger one when it does not. Keys are taken for numbers.
 * Loop-confined.
 */
final class ScanWindow {

  /** So many bytes more than the scan's ends have: numbers of 64 bits, one or two, follow those. */
  private static final int MORE_DIGITS = 16;

  /** By so many bits a window shrinks until one is found that a step can read. */
  private static final int SEARCHING_SHIFT = 4;

  private final byte[] to;
  private final int digits;

  /** Null: all the rest. */
  private BigInteger width;

  private boolean found;

  ScanWindow(byte[] from, byte[] to) {
    this.to = to;
    digits = Math.max(from.length, to.length) + MORE_DIGITS;
  }

  /** Up to which key a step reads that begins at {@code from}. */
  byte[] endFrom(byte[] from) {
    if (width == null) {
      return to;
    }
    byte[] end = key(number(from).add(width));
    return end.length > digits || Arrays.compareUnsigned(end, to) >= 0 ? to : end;
  }

  /** A step that began at {@code from} has given up. */
  void narrow(byte[] from) {
    BigInteger before = width == null ? number(to).subtract(number(from)) : width;
    width = before.shiftRight(found ? 1 : SEARCHING_SHIFT).max(BigInteger.ONE);
  }

  /** A step has come to its end. */
  void widen() {
    if (width != null) {
      found = true;
      width = width.shiftLeft(1);
    }
  }

  /** Whether it can't be narrowed any more: a step has to read on, whatever is in its way. */
  boolean isNarrowest() {
    return BigInteger.ONE.equals(width);
  }

  private BigInteger number(byte[] key) {
    return new BigInteger(1, Arrays.copyOf(key, digits));
  }

  private byte[] key(BigInteger number) {
    byte[] bytes = number.toByteArray(); // with a sign in front, perhaps
    int signed = bytes.length > digits && bytes[0] == 0 ? 1 : 0;
    int length = bytes.length - signed;
    byte[] key = new byte[Math.max(digits, length)];
    System.arraycopy(bytes, signed, key, key.length - length, length);
    return key;
  }
}
