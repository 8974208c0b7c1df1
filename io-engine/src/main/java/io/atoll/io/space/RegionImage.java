package io.atoll.io.space;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A region's value in the index: a format version, which of its units were written before, which of
 * its blocks are in use, and which units are holes (docs/formats.md). Static functions over the
 * value's bytes. Version 1 knew no holes, and is read.
 */
public final class RegionImage {

  public static final int BLOCKS_PER_REGION = 32 * 1024;
  public static final int BLOCKS_PER_UNIT = 256;
  public static final int UNIT_BYTES = BLOCKS_PER_UNIT * 4096;
  public static final int UNITS_PER_REGION = BLOCKS_PER_REGION / BLOCKS_PER_UNIT;
  public static final int FORMAT_VERSION = 2;
  private static final int VERSION_WITHOUT_HOLES = 1;

  static final int UNITS_AT = 8;
  static final int BLOCKS_AT = UNITS_AT + UNITS_PER_REGION / 8;
  static final int HOLES_AT = BLOCKS_AT + BLOCKS_PER_REGION / 8;
  public static final int BYTES = HOLES_AT + UNITS_PER_REGION / 8;

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
    return switch (image.length) {
      case BYTES -> image[0] == FORMAT_VERSION;
      case HOLES_AT -> image[0] == VERSION_WITHOUT_HOLES;
      default -> false;
    };
  }

  /** A readable image in the current version: itself if it is. */
  static byte[] current(byte[] image) {
    if (image.length == BYTES) {
      return image;
    }
    byte[] copy = Arrays.copyOf(image, BYTES);
    copy[0] = FORMAT_VERSION;
    return copy;
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
    return bit(image, BLOCKS_AT, block);
  }

  /** Notes what has become of a unit; of a current image. */
  static void setUnit(byte[] image, int unit, UnitState state) {
    setBit(image, UNITS_AT, unit, state == UnitState.WRITTEN);
    setBit(image, HOLES_AT, unit, state == UnitState.HOLE);
  }

  /** Whether the disk may have none of the unit's space: true only of one that is wholly free. */
  public static boolean isHole(byte[] image, int unit) {
    if (image.length < BYTES || !bit(image, HOLES_AT, unit)) {
      return false;
    }
    int wordsPerUnit = BLOCKS_PER_UNIT / Long.SIZE;
    for (int word = unit * wordsPerUnit; word < (unit + 1) * wordsPerUnit; word++) {
      if (inUseWord(image, word) != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean bit(byte[] image, int from, int number) {
    return (image[from + (number >>> 3)] & 1 << (number & 7)) != 0;
  }

  private static void setBit(byte[] image, int from, int number, boolean on) {
    int at = from + (number >>> 3);
    int bit = 1 << (number & 7);
    image[at] = (byte) (on ? image[at] | bit : image[at] & ~bit);
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
