package io.atoll.fs.check;

import java.nio.ByteBuffer;

/** The keys of the map, as the format draws them. */
final class StoredKeys {
  static final byte VERSION = 1;

  static final byte META = 'M';
  static final byte INODE = 'I';
  static final byte ENTRY = 'D';
  static final byte COOKIE = 'C';
  static final byte CHUNK = 'E';
  static final byte SMALL = 'S';
  static final byte ORPHAN = 'O';
  static final byte RECORD = 'R';
  static final byte CHANGE_BOUND = 'B';

  static final byte HELD = 'h';
  static final byte REAPED = 'r';
  static final byte TRIMMED = 't';

  static final byte[] SUPERBLOCK = {META, 's'};
  static final byte[] INODE_NUMBERS = {META, 'n'};

  /** Of an inode's number in the key of any kind but the markers. */
  static final int INODE_AT = 1;

  /** Of an inode's number in the key of a marker. */
  static final int ORPHAN_INODE_AT = 2;

  /** Of a name, a cookie or a chunk's number behind an inode's number. */
  static final int SECOND_AT = 9;

  static final int INODE_KEY_BYTES = 9;
  private static final int TWO_NUMBERS_BYTES = 17;

  private StoredKeys() {}

  /** Where the keys of {@code prefix} end. */
  static byte[] endOf(byte... prefix) {
    byte[] end = prefix.clone();
    end[end.length - 1]++;
    return end;
  }

  static byte[] inode(long number) {
    return ByteBuffer.allocate(INODE_KEY_BYTES).put(INODE).putLong(number).array();
  }

  static byte[] ofDirectory(byte kind, long directory) {
    return ByteBuffer.allocate(INODE_KEY_BYTES).put(kind).putLong(directory).array();
  }

  static byte[] entry(long directory, byte[] name) {
    return ByteBuffer.allocate(INODE_KEY_BYTES + name.length)
        .put(ENTRY)
        .putLong(directory)
        .put(name)
        .array();
  }

  static byte[] cookie(long directory, long cookie) {
    return ByteBuffer.allocate(TWO_NUMBERS_BYTES)
        .put(COOKIE)
        .putLong(directory)
        .putLong(cookie)
        .array();
  }

  static long number(byte[] key, int at) {
    return ByteBuffer.wrap(key).getLong(at);
  }
}
