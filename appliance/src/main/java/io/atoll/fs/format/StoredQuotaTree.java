package io.atoll.fs.format;

import java.nio.ByteBuffer;

/** What a directory with a quota has come to hold, as it lies in the map. */
public record StoredQuotaTree(
    int number,
    int phase,
    int outer,
    long directory,
    int generation,
    long limitBytes,
    long limitObjects,
    long objects,
    long blocks) {
  /** In inodes and for {@link #outer}: none. */
  public static final int NONE = 0;

  public static final int COUNTING = 1;
  public static final int IN_FORCE = 2;
  public static final int ENDING = 3;
  public static final int ENDED = 4;

  public static final int NUMBER_AT = 2;
  public static final int BYTES = 64;

  private static final int KEY_BYTES = NUMBER_AT + Integer.BYTES;
  private static final int PHASE_AT = 1;
  private static final int OUTER_AT = 4;
  private static final int DIRECTORY_AT = 8;
  private static final int GENERATION_AT = 16;
  private static final int LIMIT_BYTES_AT = 24;
  private static final int LIMIT_OBJECTS_AT = 32;
  private static final int OBJECTS_AT = 40;
  private static final int BLOCKS_AT = 48;

  /** The quota of the file system itself. */
  public static final int FILE_SYSTEM_BYTES = 32;

  private static final int NEXT_TREE_AT = 4;
  private static final int OWN_LIMIT_BYTES_AT = 8;
  private static final int OWN_LIMIT_OBJECTS_AT = 16;

  public static StoredQuotaTree decode(byte[] key, byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, BYTES);
    if (key.length != KEY_BYTES) {
      throw new MalformedValueException("its key has " + key.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    StoredQuotaTree tree =
        new StoredQuotaTree(
            ByteBuffer.wrap(key).getInt(NUMBER_AT),
            value[PHASE_AT],
            in.getInt(OUTER_AT),
            in.getLong(DIRECTORY_AT),
            in.getInt(GENERATION_AT),
            in.getLong(LIMIT_BYTES_AT),
            in.getLong(LIMIT_OBJECTS_AT),
            in.getLong(OBJECTS_AT),
            in.getLong(BLOCKS_AT));
    if (tree.phase < COUNTING || tree.phase > ENDED) {
      throw new MalformedValueException("it is in the unknown phase " + tree.phase);
    }
    checkLimits(tree.limitBytes, tree.limitObjects);
    return tree;
  }

  /** Fails if what limits the file system itself is not what the format says. */
  public static void checkFileSystem(byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, FILE_SYSTEM_BYTES);
    ByteBuffer in = ByteBuffer.wrap(value);
    checkLimits(in.getLong(OWN_LIMIT_BYTES_AT), in.getLong(OWN_LIMIT_OBJECTS_AT));
  }

  private static void checkLimits(long bytes, long objects) throws MalformedValueException {
    if (bytes < 0 || objects < 0) {
      throw new MalformedValueException(
          "its limits, " + bytes + " bytes and " + objects + " objects, can't be");
    }
  }

  /** The value of a file system that has no limit of its own. */
  public static byte[] unlimitedFileSystem(int nextTree) {
    return ByteBuffer.allocate(FILE_SYSTEM_BYTES)
        .put(0, StoredKeys.VERSION)
        .putInt(NEXT_TREE_AT, nextTree)
        .putLong(OWN_LIMIT_BYTES_AT, Long.MAX_VALUE)
        .putLong(OWN_LIMIT_OBJECTS_AT, Long.MAX_VALUE)
        .array();
  }

  /** As it is when nothing has been counted for it yet. */
  public byte[] encodeUncounted() {
    return ByteBuffer.allocate(BYTES)
        .put(0, StoredKeys.VERSION)
        .put(PHASE_AT, (byte) COUNTING)
        .putLong(DIRECTORY_AT, directory)
        .putInt(GENERATION_AT, generation)
        .putLong(LIMIT_BYTES_AT, limitBytes)
        .putLong(LIMIT_OBJECTS_AT, limitObjects)
        .array();
  }

  /** Whether it is a quota, and not what is left of one. */
  public boolean isQuota() {
    return phase == COUNTING || phase == IN_FORCE;
  }

  /** Whether the numbers that inodes bear are being changed for it. */
  public boolean isUnderWay() {
    return phase == COUNTING || phase == ENDING;
  }
}
