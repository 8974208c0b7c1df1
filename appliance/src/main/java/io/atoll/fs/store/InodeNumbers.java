package io.atoll.fs.store;

/**
 * Gives out inode numbers, each once and never again, and counts the objects there are. A run of
 * numbers is reserved in the record that uses its first; what a crash leaves of a run is skipped.
 */
final class InodeNumbers {
  static final int VERSION = 1;
  static final int BYTES = 24;

  private static final int RESERVED = 8;
  private static final int OBJECTS = 16;

  private long next;
  private long reserved;
  private long objects;

  private InodeNumbers(long reserved, long objects) {
    this.next = reserved;
    this.reserved = reserved;
    this.objects = objects;
  }

  /** The numbers of a new file system, from {@code first} on. */
  static InodeNumbers startingAt(long first) {
    return new InodeNumbers(first, 0);
  }

  static InodeNumbers decode(byte[] value) {
    CorruptValueException.check("reservation of inode numbers", value, BYTES, VERSION);
    return new InodeNumbers(BigEndian.getLong(value, RESERVED), BigEndian.getLong(value, OBJECTS));
  }

  long take(Change change) {
    long number = next++;
    if (number >= reserved) {
      reserved = number + StoreLimits.INODE_NUMBER_RUN;
    }
    objects++;
    change.put(Keys.INODE_NUMBERS, encode());
    return number;
  }

  /** One object less. */
  void removed(Change change) {
    objects--;
    change.put(Keys.INODE_NUMBERS, encode());
  }

  long objects() {
    return objects;
  }

  private byte[] encode() {
    byte[] value = new byte[BYTES];
    value[0] = VERSION;
    BigEndian.putLong(value, RESERVED, reserved);
    BigEndian.putLong(value, OBJECTS, objects);
    return value;
  }
}
