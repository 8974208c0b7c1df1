package io.atoll.io.volume;

import java.util.Arrays;

/** How a volume's own entries and its user's share the index: by their first byte. */
public final class IndexKeys {

  private static final byte META = 0x01;
  private static final byte REGION = 0x02;

  /** What a user's key has before it. */
  static final byte USER = 0x10;

  private IndexKeys() {}

  /** Of the entry with the volume's identity and format. */
  public static byte[] identity() {
    return new byte[] {META, 'i'};
  }

  public static byte[] region(int number) {
    return new byte[] {
      REGION, (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  public static int regionNumber(byte[] key) {
    return (key[1] & 0xff) << 24 | (key[2] & 0xff) << 16 | (key[3] & 0xff) << 8 | (key[4] & 0xff);
  }

  public static byte[] regionsFrom() {
    return new byte[] {REGION};
  }

  public static byte[] regionsTo() {
    return new byte[] {REGION + 1};
  }

  public static byte[] user(byte[] key) {
    byte[] prefixed = new byte[key.length + 1];
    prefixed[0] = USER;
    System.arraycopy(key, 0, prefixed, 1, key.length);
    return prefixed;
  }

  /** The user's key in an index key made by {@link #user}. */
  public static byte[] userKey(byte[] key) {
    return Arrays.copyOfRange(key, 1, key.length);
  }
}
