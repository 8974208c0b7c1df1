package io.atoll.fs.store;

import io.atoll.fs.FileType;

/**
 * The two values of a directory entry: under its name, for looking up, and under its cookie, for
 * reading in order. Drawn in {@code docs/namespace-format.md}.
 *
 * <p>As the format of a cache, it counts for each directory which of its names are cached: when all
 * of them are, another one is known to be absent.
 */
class EntryCodec implements ObjectCache.Format<DirectoryEntry> {
  static final int VERSION = 1;
  static final int BY_NAME_BYTES = 20;

  /** Without the name that follows. */
  static final int BY_COOKIE_BYTES = 12;

  private static final int TYPE = 1;
  private static final int INODE = 4;
  private static final int COOKIE = 12;

  private final ObjectCache<Inode> inodes;

  EntryCodec(ObjectCache<Inode> inodes) {
    this.inodes = inodes;
  }

  @Override
  public byte[] key(long directory, long low, byte[] name) {
    return Keys.entry(directory, name);
  }

  @Override
  public DirectoryEntry decode(long directory, long low, byte[] name, byte[] value) {
    DirectoryEntry entry = new DirectoryEntry(directory, name);
    if (value != null) {
      CorruptValueException.check("entry of directory " + directory, value, BY_NAME_BYTES, VERSION);
      entry.inode = BigEndian.getLong(value, INODE);
      entry.cookie = BigEndian.getLong(value, COOKIE);
    }
    return entry;
  }

  @Override
  public DirectoryEntry known(long directory, long low, byte[] name) {
    Inode inode = inodes.peek(directory, 0, null);
    boolean absent = inode != null && inode.entriesCached == inode.entries;
    return absent ? new DirectoryEntry(directory, name) : null;
  }

  @Override
  public void arrived(DirectoryEntry entry) {
    count(entry, 1);
  }

  @Override
  public void departed(DirectoryEntry entry) {
    count(entry, -1);
  }

  private void count(DirectoryEntry entry, int more) {
    Inode directory = entry.isPresent() ? inodes.peek(entry.directory(), 0, null) : null;
    if (directory != null) {
      directory.entriesCached += more;
    }
  }

  static byte[] byName(long inode, FileType type, long cookie) {
    byte[] value = new byte[BY_NAME_BYTES];
    value[0] = VERSION;
    value[TYPE] = (byte) type.code();
    BigEndian.putLong(value, INODE, inode);
    BigEndian.putLong(value, COOKIE, cookie);
    return value;
  }

  static byte[] byCookie(long inode, FileType type, byte[] name) {
    byte[] value = new byte[BY_COOKIE_BYTES + name.length];
    value[0] = VERSION;
    value[TYPE] = (byte) type.code();
    BigEndian.putLong(value, INODE, inode);
    System.arraycopy(name, 0, value, BY_COOKIE_BYTES, name.length);
    return value;
  }

  static void checkByCookie(byte[] value) {
    CorruptValueException.check("entry by cookie", value, BY_COOKIE_BYTES + 1, VERSION);
  }

  static long inodeOf(byte[] byCookie) {
    return BigEndian.getLong(byCookie, INODE);
  }

  static byte[] nameOf(byte[] byCookie) {
    byte[] name = new byte[byCookie.length - BY_COOKIE_BYTES];
    System.arraycopy(byCookie, BY_COOKIE_BYTES, name, 0, name.length);
    return name;
  }
}
