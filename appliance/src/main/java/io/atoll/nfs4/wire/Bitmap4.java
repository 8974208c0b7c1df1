package io.atoll.nfs4.wire;

import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * A bitmap4: a set of attribute numbers (RFC 8881, section 3.3.7).
 *
 * @param low numbers 0 to 63
 * @param high numbers 64 to 127
 * @param beyond whether the sender had set some that are greater than any that is defined
 */
public record Bitmap4(long low, long high, boolean beyond) {
  /** Words of 32 bits that are read at all; more are malformed. */
  public static final int MAX_WORDS = 64;

  public static final Bitmap4 EMPTY = new Bitmap4(0, 0, false);

  private static final int KNOWN_WORDS = 4;

  /** The set of some numbers, each up to 127. */
  public static Bitmap4 of(int... numbers) {
    long low = 0;
    long high = 0;
    for (int number : numbers) {
      if (number < Long.SIZE) {
        low |= 1L << number;
      } else {
        high |= 1L << number;
      }
    }
    return new Bitmap4(low, high, false);
  }

  public static Bitmap4 decode(XdrReader reader) {
    int words = reader.count(MAX_WORDS, Integer.BYTES);
    long low = 0;
    long high = 0;
    boolean beyond = false;
    for (int i = 0; i < words; i++) {
      long word = reader.uint32();
      if (i < 2) {
        low |= word << (i * Integer.SIZE);
      } else if (i < KNOWN_WORDS) {
        high |= word << (i * Integer.SIZE);
      } else {
        beyond |= word != 0;
      }
    }
    return new Bitmap4(low, high, beyond);
  }

  /** Writes as few words as hold the set. */
  public void encode(XdrWriter writer) {
    int words;
    if (high != 0) {
      words = high >>> Integer.SIZE != 0 ? 4 : 3;
    } else if (low != 0) {
      words = low >>> Integer.SIZE != 0 ? 2 : 1;
    } else {
      words = 0;
    }
    writer.int32(words);
    for (int i = 0; i < words; i++) {
      writer.int32((int) ((i < 2 ? low : high) >>> (i * Integer.SIZE)));
    }
  }

  public boolean has(int number) {
    return ((number < Long.SIZE ? low : high) & 1L << number) != 0;
  }

  public boolean isEmpty() {
    return (low | high) == 0 && !beyond;
  }

  public boolean intersects(Bitmap4 other) {
    return ((low & other.low) | (high & other.high)) != 0;
  }

  public Bitmap4 and(Bitmap4 other) {
    return new Bitmap4(low & other.low, high & other.high, false);
  }

  /** Whether nothing is in this set that isn't in {@code other}. */
  public boolean isWithin(Bitmap4 other) {
    return !beyond && ((low & ~other.low) | (high & ~other.high)) == 0;
  }
}
