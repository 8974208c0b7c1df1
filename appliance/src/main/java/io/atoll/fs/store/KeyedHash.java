package io.atoll.fs.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) under a secret key:
 * whoever chooses names and does not know the key can't choose such as fall into one place of a
 * hash table. Loop-confined; allocates nothing.
 */
final class KeyedHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int FINAL_ROUNDS = 3;
  private static final int FINAL = 0xff;

  /** Two longs come before the name. */
  private static final int HEAD_BYTES = 2 * Long.BYTES;

  private final long start0;
  private final long start1;
  private final long start2;
  private final long start3;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  /** The key's two halves. */
  KeyedHash(long key0, long key1) {
    start0 = key0 ^ 0x736f6d6570736575L;
    start1 = key1 ^ 0x646f72616e646f6dL;
    start2 = key0 ^ 0x6c7967656e657261L;
    start3 = key1 ^ 0x7465646279746573L;
  }

  /** As {@link #full}, half of it. */
  int of(long high, long low, byte[] name) {
    return (int) full(high, low, name);
  }

  /**
   * The hash of both longs, little-endian, and the name behind them.
   *
   * @param name null is as an empty one
   */
  long full(long high, long low, byte[] name) {
    int bytes = name == null ? 0 : name.length;
    v0 = start0;
    v1 = start1;
    v2 = start2;
    v3 = start3;
    take(high);
    take(low);
    int at = 0;
    for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
      take((long) LONGS.get(name, at));
    }
    long last = (long) (HEAD_BYTES + bytes) << 56;
    for (int shift = 0; at < bytes; at++, shift += Byte.SIZE) {
      last |= (name[at] & 0xffL) << shift;
    }
    take(last);
    v2 ^= FINAL;
    for (int i = 0; i < FINAL_ROUNDS; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void take(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
