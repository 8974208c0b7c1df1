package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.QuotaLimits;
import io.netty.buffer.ByteBuf;

/**
 * The values of quotas, drawn in {@code docs/namespace-format.md}: one for each tree, one for the
 * file system, and one for each directory that a walk is still to look through.
 */
final class QuotaCodec {
  static final int VERSION = 1;
  static final int TREE_BYTES = 64;
  static final int FILE_SYSTEM_BYTES = 32;
  static final int WALK_BYTES = 16;

  private static final int PHASE = 1;
  private static final int OUTER = 4;
  private static final int DIRECTORY = 8;
  private static final int GENERATION = 16;
  private static final int LIMIT_BYTES = 24;
  private static final int LIMIT_OBJECTS = 32;
  private static final int OBJECTS = 40;
  private static final int BLOCKS = 48;

  private static final int NEXT_TREE = 4;
  private static final int OWN_LIMIT_BYTES = 8;
  private static final int OWN_LIMIT_OBJECTS = 16;

  private static final int WALK_TREE = 4;
  private static final int WALK_COOKIE = 8;

  private QuotaCodec() {}

  /** The limits of the file system, and the number of the next tree. */
  record FileSystemQuota(int nextTree, QuotaLimits limits) {}

  /** Writes a tree's {@link #TREE_BYTES}. */
  static void encode(QuotaTree tree, ByteBuf out) {
    int at = out.writerIndex();
    out.writeZero(TREE_BYTES);
    out.setByte(at, VERSION);
    out.setByte(at + PHASE, tree.phase.code);
    out.setInt(at + OUTER, QuotaTree.numberOf(tree.outer));
    out.setLong(at + DIRECTORY, tree.directory.inode());
    out.setInt(at + GENERATION, tree.directory.generation());
    out.setLong(at + LIMIT_BYTES, tree.limits.bytes());
    out.setLong(at + LIMIT_OBJECTS, tree.limits.objects());
    out.setLong(at + OBJECTS, tree.objects);
    out.setLong(at + BLOCKS, tree.blocks);
  }

  /** A tree without the one that it lies in, which {@link #outerOf} names. */
  static QuotaTree decodeTree(int number, byte[] value) {
    String what = "quota tree " + number;
    CorruptValueException.check(what, value, TREE_BYTES, VERSION);
    QuotaTree.Phase phase = QuotaTree.Phase.ofCode(value[PHASE]);
    if (phase == null) {
      throw new CorruptValueException(what + " is in the unknown phase " + value[PHASE]);
    }
    QuotaTree tree =
        new QuotaTree(
            number,
            new FileHandle(
                BigEndian.getLong(value, DIRECTORY), BigEndian.getInt(value, GENERATION)),
            limits(what, value, LIMIT_BYTES, LIMIT_OBJECTS),
            phase);
    tree.objects = BigEndian.getLong(value, OBJECTS);
    tree.blocks = BigEndian.getLong(value, BLOCKS);
    return tree;
  }

  static int outerOf(byte[] value) {
    return BigEndian.getInt(value, OUTER);
  }

  static byte[] encode(FileSystemQuota quota) {
    byte[] value = new byte[FILE_SYSTEM_BYTES];
    value[0] = VERSION;
    BigEndian.putInt(value, NEXT_TREE, quota.nextTree());
    BigEndian.putLong(value, OWN_LIMIT_BYTES, quota.limits().bytes());
    BigEndian.putLong(value, OWN_LIMIT_OBJECTS, quota.limits().objects());
    return value;
  }

  static FileSystemQuota decodeFileSystem(byte[] value) {
    String what = "the quota of the file system";
    CorruptValueException.check(what, value, FILE_SYSTEM_BYTES, VERSION);
    return new FileSystemQuota(
        BigEndian.getInt(value, NEXT_TREE),
        limits(what, value, OWN_LIMIT_BYTES, OWN_LIMIT_OBJECTS));
  }

  private static QuotaLimits limits(String what, byte[] value, int bytesAt, int objectsAt) {
    long bytes = BigEndian.getLong(value, bytesAt);
    long objects = BigEndian.getLong(value, objectsAt);
    if (bytes < 0 || objects < 0) {
      throw new CorruptValueException(
          what + " limits to " + bytes + " bytes and " + objects + " objects");
    }
    return new QuotaLimits(bytes, objects);
  }

  /**
   * What is still to be looked through in a directory.
   *
   * @param cookie entries from here on; 0 if the directory itself has not been given its number
   */
  static byte[] encodeWalk(QuotaTree tree, long cookie) {
    byte[] value = new byte[WALK_BYTES];
    value[0] = VERSION;
    BigEndian.putInt(value, WALK_TREE, tree.number);
    BigEndian.putLong(value, WALK_COOKIE, cookie);
    return value;
  }

  static int treeOfWalk(long directory, byte[] value) {
    CorruptValueException.check(
        "the counting in directory " + directory, value, WALK_BYTES, VERSION);
    return BigEndian.getInt(value, WALK_TREE);
  }

  static long cookieOfWalk(byte[] value) {
    return BigEndian.getLong(value, WALK_COOKIE);
  }
}
