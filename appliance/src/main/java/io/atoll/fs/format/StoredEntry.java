package io.atoll.fs.format;

import io.atoll.fs.FileType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A name in a directory, as it lies in the map under its name and under its cookie. */
public record StoredEntry(long directory, byte[] name, long inode, FileType type, long cookie) {
  public static final int MAX_NAME_BYTES = 255;
  public static final long FIRST_COOKIE = 3;

  private static final int BY_NAME_BYTES = 20;
  public static final int BY_COOKIE_BYTES = 12;
  private static final int TYPE_AT = 1;
  private static final int INODE_AT = 4;
  private static final int COOKIE_AT = 12;
  private static final int COOKIE_KEY_BYTES = 17;

  public static StoredEntry byName(byte[] key, byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, BY_NAME_BYTES);
    return checked(
        StoredKeys.number(key, StoredKeys.INODE_AT),
        Arrays.copyOfRange(key, StoredKeys.SECOND_AT, key.length),
        value,
        ByteBuffer.wrap(value).getLong(COOKIE_AT));
  }

  public static StoredEntry byCookie(byte[] key, byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, BY_COOKIE_BYTES + 1);
    if (key.length != COOKIE_KEY_BYTES) {
      throw new MalformedValueException("its key has " + key.length + " bytes");
    }
    return checked(
        StoredKeys.number(key, StoredKeys.INODE_AT),
        Arrays.copyOfRange(value, BY_COOKIE_BYTES, value.length),
        value,
        StoredKeys.number(key, StoredKeys.SECOND_AT));
  }

  public static byte[] encodeByName(long inode, byte type, long cookie) {
    return ByteBuffer.allocate(BY_NAME_BYTES)
        .put(0, StoredKeys.VERSION)
        .put(TYPE_AT, type)
        .putLong(INODE_AT, inode)
        .putLong(COOKIE_AT, cookie)
        .array();
  }

  public static byte[] encodeByCookie(long inode, byte type, byte[] name) {
    return ByteBuffer.allocate(BY_COOKIE_BYTES + name.length)
        .put(0, StoredKeys.VERSION)
        .put(TYPE_AT, type)
        .putLong(INODE_AT, inode)
        .put(BY_COOKIE_BYTES, name)
        .array();
  }

  private static StoredEntry checked(long directory, byte[] name, byte[] value, long cookie)
      throws MalformedValueException {
    FileType type = FileType.ofCode(value[TYPE_AT]);
    if (type == null) {
      throw new MalformedValueException("it names an unknown type, " + value[TYPE_AT]);
    }
    if (!isName(name)) {
      throw new MalformedValueException("'" + PathText.of(name) + "' can't be a name");
    }
    return new StoredEntry(directory, name, ByteBuffer.wrap(value).getLong(INODE_AT), type, cookie);
  }

  private static boolean isName(byte[] name) {
    if (name.length == 0 || name.length > MAX_NAME_BYTES) {
      return false;
    }
    boolean dots = name.length <= 2;
    for (byte each : name) {
      if (each == '/' || each == 0) {
        return false;
      }
      dots &= each == '.';
    }
    return !dots;
  }

  public boolean same(StoredEntry other) {
    return directory == other.directory
        && inode == other.inode
        && type == other.type
        && cookie == other.cookie
        && Arrays.equals(name, other.name);
  }

  /** A number that two different entries have in common once in 2⁶⁴ times. */
  public long fingerprint() {
    long hash = mix(inode * 0x9e3779b97f4a7c15L + type.code());
    hash = mix(hash ^ cookie);
    for (byte each : name) {
      hash = mix(hash + each);
    }
    return hash;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
