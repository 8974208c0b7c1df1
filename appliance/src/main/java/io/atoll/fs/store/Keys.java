package io.atoll.fs.store;

import io.netty.buffer.ByteBuf;

/**
 * The keys of the map: a letter for the kind, then numbers with the most significant byte first, so
 * that what belongs together lies together and a scan follows cookies and chunks in order.
 */
final class Keys {
  static final byte INODE = 'I';
  static final byte ENTRY = 'D';
  static final byte COOKIE = 'C';
  static final byte CHUNK = 'E';
  static final byte SMALL = 'S';
  static final byte ORPHAN = 'O';
  static final byte RECORD = 'R';
  static final byte META = 'M';
  static final byte CHANGE_BOUND = 'B';
  static final byte QUOTA = 'Q';

  /** What a directory with a quota has come to hold. */
  static final byte QUOTA_TREE = 't';

  /** A directory that is still to be looked through for one. */
  static final byte QUOTA_WALK = 'w';

  /** No name, but still held or perhaps to be reclaimed: stays. */
  static final byte ORPHAN_HELD = 'h';

  /** No name and no holder: its chunks are being freed, then it goes. */
  static final byte ORPHAN_REAPED = 'r';

  /** A truncated file, whose chunks behind its end are being freed. */
  static final byte ORPHAN_TRIMMED = 't';

  /** Where the number starts in the key of an orphan. */
  static final int ORPHAN_INODE_AT = 2;

  static final byte[] SUPERBLOCK = {META, 's'};
  static final byte[] INODE_NUMBERS = {META, 'n'};
  static final byte[] FILE_SYSTEM_QUOTA = {META, 'q'};

  /** The length of a key that is one letter and a number, and of one with two. */
  static final int NUMBERED_BYTES = 1 + Long.BYTES;

  static final int TWICE_NUMBERED_BYTES = 1 + 2 * Long.BYTES;

  static final int QUOTA_TREE_BYTES = 2 + Integer.BYTES;

  /** Where the number starts in the key of a quota tree, or of a directory to look through. */
  static final int QUOTA_NUMBER_AT = 2;

  private Keys() {}

  /** Writes the key of {@link #inode}. */
  static void writeInode(ByteBuf out, long inode) {
    out.writeByte(INODE).writeLong(inode);
  }

  /** Writes the key of {@link #chunk}. */
  static void writeChunk(ByteBuf out, long inode, long chunk) {
    out.writeByte(CHUNK).writeLong(inode).writeLong(chunk);
  }

  static byte[] inode(long inode) {
    return numbered(INODE, inode);
  }

  static byte[] small(long inode) {
    return numbered(SMALL, inode);
  }

  static byte[] changeBound(long inode) {
    return numbered(CHANGE_BOUND, inode);
  }

  /** The inode of a key that is one letter and an inode. */
  static long inodeOf(byte[] key) {
    return BigEndian.getLong(key, 1);
  }

  static byte[] entry(long directory, byte[] name) {
    byte[] key = new byte[9 + name.length];
    key[0] = ENTRY;
    BigEndian.putLong(key, 1, directory);
    System.arraycopy(name, 0, key, 9, name.length);
    return key;
  }

  static byte[] cookie(long directory, long cookie) {
    return numbered(COOKIE, directory, cookie);
  }

  static long cookieOf(byte[] key) {
    return BigEndian.getLong(key, 9);
  }

  static byte[] chunk(long inode, long chunk) {
    return numbered(CHUNK, inode, chunk);
  }

  static long chunkOf(byte[] key) {
    return BigEndian.getLong(key, 9);
  }

  static byte[] orphan(byte kind, long inode) {
    byte[] key = new byte[ORPHAN_INODE_AT + 8];
    key[0] = ORPHAN;
    key[1] = kind;
    BigEndian.putLong(key, ORPHAN_INODE_AT, inode);
    return key;
  }

  static void writeQuotaTree(ByteBuf out, int tree) {
    out.writeByte(QUOTA).writeByte(QUOTA_TREE).writeInt(tree);
  }

  static byte[] quotaTree(int tree) {
    byte[] key = new byte[QUOTA_TREE_BYTES];
    key[0] = QUOTA;
    key[1] = QUOTA_TREE;
    BigEndian.putInt(key, QUOTA_NUMBER_AT, tree);
    return key;
  }

  static byte[] quotaWalk(long directory) {
    byte[] key = new byte[QUOTA_NUMBER_AT + Long.BYTES];
    key[0] = QUOTA;
    key[1] = QUOTA_WALK;
    BigEndian.putLong(key, QUOTA_NUMBER_AT, directory);
    return key;
  }

  static byte[] record(byte[] name) {
    byte[] key = new byte[1 + name.length];
    key[0] = RECORD;
    System.arraycopy(name, 0, key, 1, name.length);
    return key;
  }

  /** The smallest key after {@code key} and all that start with it plus one zero byte. */
  static byte[] after(byte[] key) {
    byte[] next = new byte[key.length + 1];
    System.arraycopy(key, 0, next, 0, key.length);
    return next;
  }

  private static byte[] numbered(byte kind, long number) {
    byte[] key = new byte[9];
    key[0] = kind;
    BigEndian.putLong(key, 1, number);
    return key;
  }

  private static byte[] numbered(byte kind, long first, long second) {
    byte[] key = new byte[17];
    key[0] = kind;
    BigEndian.putLong(key, 1, first);
    BigEndian.putLong(key, 9, second);
    return key;
  }
}
