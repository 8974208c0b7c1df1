package io.atoll.fs.format;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The keys of the map, as the format draws them. */
public final class StoredKeys {
  /** The root directory's number. */
  public static final long ROOT_INODE = 1;

  public static final byte VERSION = 1;

  /** Of the superblock, once there has been a quota. */
  public static final byte VERSION_WITH_QUOTAS = 2;

  public static final byte META = 'M';
  public static final byte INODE = 'I';
  public static final byte ENTRY = 'D';
  public static final byte COOKIE = 'C';
  public static final byte CHUNK = 'E';
  public static final byte SMALL = 'S';
  public static final byte ORPHAN = 'O';
  public static final byte RECORD = 'R';
  public static final byte CHANGE_BOUND = 'B';
  public static final byte QUOTA = 'Q';

  /** Of the kind {@link #QUOTA}. */
  public static final byte QUOTA_TREE = 't';

  public static final byte HELD = 'h';
  public static final byte REAPED = 'r';
  public static final byte TRIMMED = 't';

  /** Of an inode's number in the key of any kind but the markers. */
  public static final int INODE_AT = 1;

  /** Of an inode's number in the key of a marker. */
  public static final int ORPHAN_INODE_AT = 2;

  /** Of a name, a cookie or a chunk's number behind an inode's number. */
  public static final int SECOND_AT = 9;

  public static final int INODE_KEY_BYTES = 9;
  private static final int TWO_NUMBERS_BYTES = 17;

  private StoredKeys() {}

  /** Where the keys of a kind begin. */
  public static byte[] of(byte kind) {
    return new byte[] {kind};
  }

  /** The next key that can be after {@code key}. */
  public static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /** Where the keys of {@code prefix} end. */
  public static byte[] endOf(byte... prefix) {
    byte[] end = prefix.clone();
    end[end.length - 1]++;
    return end;
  }

  public static byte[] superblock() {
    return new byte[] {META, 's'};
  }

  public static byte[] inodeNumbers() {
    return new byte[] {META, 'n'};
  }

  public static byte[] fileSystemQuota() {
    return new byte[] {META, 'q'};
  }

  public static byte[] inode(long number) {
    return ByteBuffer.allocate(INODE_KEY_BYTES).put(INODE).putLong(number).array();
  }

  public static byte[] small(long inode) {
    return ofDirectory(SMALL, inode);
  }

  public static byte[] ofDirectory(byte kind, long directory) {
    return ByteBuffer.allocate(INODE_KEY_BYTES).put(kind).putLong(directory).array();
  }

  public static byte[] chunk(long inode, long chunk) {
    return twoNumbers(CHUNK, inode, chunk);
  }

  public static byte[] entry(long directory, byte[] name) {
    return ByteBuffer.allocate(INODE_KEY_BYTES + name.length)
        .put(ENTRY)
        .putLong(directory)
        .put(name)
        .array();
  }

  public static byte[] cookie(long directory, long cookie) {
    return twoNumbers(COOKIE, directory, cookie);
  }

  public static byte[] marker(byte kind, long inode) {
    return ByteBuffer.allocate(ORPHAN_INODE_AT + Long.BYTES)
        .put(ORPHAN)
        .put(kind)
        .putLong(inode)
        .array();
  }

  private static byte[] twoNumbers(byte kind, long first, long second) {
    return ByteBuffer.allocate(TWO_NUMBERS_BYTES).put(kind).putLong(first).putLong(second).array();
  }

  public static long number(byte[] key, int at) {
    return ByteBuffer.wrap(key).getLong(at);
  }
}
