package io.atoll.fs.store;

/**
 * Gives out inode numbers, each once and never again, and counts the objects there are. Numbers are
 * reserved in the record that uses the first of them; what a crash leaves of them is skipped.
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

  /** The run that new objects in {@code directory} get their numbers from, one more at least. */
  Run runOf(Inode directory) {
    if (directory.numbers == null || directory.numbers.next == directory.numbers.end) {
      directory.numbers = newRun();
    }
    return directory.numbers;
  }

  /** A run of its own, for a new directory and what will be made in it. */
  Run newRun() {
    Run run = new Run(next, next + StoreLimits.DIRECTORY_NUMBER_RUN);
    next = run.end;
    if (next > reserved) {
      reserved = next + StoreLimits.INODE_NUMBER_RUN;
    }
    return run;
  }

  /** The next number of {@code run}, for an object that {@code change} makes. */
  long take(Run run, Change change) {
    objects++;
    change.put(Keys.INODE_NUMBERS, encode());
    return run.next++;
  }

  /**
   * Numbers for the objects of one directory, so that neighbours lie together in the map. Only in
   * memory: what is left when the directory leaves the cache is skipped.
   */
  static final class Run {
    private final long end;
    private long next;

    private Run(long first, long end) {
      next = first;
      this.end = end;
    }
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
