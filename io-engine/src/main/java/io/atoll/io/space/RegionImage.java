package io.atoll.io.space;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A region's value in the index: a format version, which of its units were written before, and
 * which of its blocks are in use (docs/formats.md). Static functions over the value's bytes.
 */
public final class RegionImage {

  public static final int BLOCKS_PER_REGION = 32 * 1024;
  public static final int BLOCKS_PER_UNIT = 256;
  public static final int UNITS_PER_REGION = BLOCKS_PER_REGION / BLOCKS_PER_UNIT;
  public static final int FORMAT_VERSION = 1;

  static final int UNITS_AT = 8;
  static final int BLOCKS_AT = UNITS_AT + UNITS_PER_REGION / 8;
  public static final int BYTES = BLOCKS_AT + BLOCKS_PER_REGION / 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private RegionImage() {}

  /** A region of which nothing is in use or written. */
  public static byte[] empty() {
    byte[] image = new byte[BYTES];
    image[0] = FORMAT_VERSION;
    return image;
  }

  /** Whether this version can read {@code image}. */
  public static boolean readable(byte[] image) {
    return image.length == BYTES && image[0] == FORMAT_VERSION;
  }

  /** Sets or clears the use of a run; false if one of its blocks was so already. */
  public static boolean setInUse(byte[] image, int from, int blocks, boolean inUse) {
    boolean changed = true;
    for (int block = from; block < from + blocks; block++) {
      int at = BLOCKS_AT + (block >>> 3);
      int bit = 1 << (block & 7);
      changed &= ((image[at] & bit) != 0) != inUse;
      image[at] = (byte) (inUse ? image[at] | bit : image[at] & ~bit);
    }
    return changed;
  }

  public static boolean inUse(byte[] image, int block) {
    return (image[BLOCKS_AT + (block >>> 3)] & (1 << (block & 7))) != 0;
  }

  public static void setWritten(byte[] image, int unit) {
    image[UNITS_AT + (unit >>> 3)] |= (byte) (1 << (unit & 7));
  }

  public static int inUseBlocks(byte[] image) {
    int count = 0;
    for (int word = 0; word < BLOCKS_PER_REGION / Long.SIZE; word++) {
      count += Long.bitCount(inUseWord(image, word));
    }
    return count;
  }

  /** The number after the last block in use, 0 if none is. */
  public static int endOfUse(byte[] image) {
    for (int word = BLOCKS_PER_REGION / Long.SIZE - 1; word >= 0; word--) {
      long bits = inUseWord(image, word);
      if (bits != 0) {
        return (word + 1) * Long.SIZE - Long.numberOfLeadingZeros(bits);
      }
    }
    return 0;
  }

  /** 64 blocks' use, bit by bit from the lowest. */
  static long inUseWord(byte[] image, int word) {
    return (long) LONGS.get(image, BLOCKS_AT + word * Long.BYTES);
  }

  static long writtenWord(byte[] image, int word) {
    return (long) LONGS.get(image, UNITS_AT + word * Long.BYTES);
  }
}
