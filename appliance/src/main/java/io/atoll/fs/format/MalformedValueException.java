package io.atoll.fs.format;

/** A key or value of the map that is not what the format says; its message says how. */
public final class MalformedValueException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedValueException(String message) {
    super(message, null, false, false);
  }

  /** Fails unless {@code value} has {@code bytes} bytes at least and is of version 1. */
  public static void check(byte[] value, int bytes) throws MalformedValueException {
    check(value, bytes, StoredKeys.VERSION);
  }

  /** As the other, of the superblock, which is of version 2 once there has been a quota. */
  public static void checkSuperblock(byte[] value, int bytes) throws MalformedValueException {
    boolean withQuotas = value.length > 0 && value[0] == StoredKeys.VERSION_WITH_QUOTAS;
    check(value, bytes, withQuotas ? StoredKeys.VERSION_WITH_QUOTAS : StoredKeys.VERSION);
  }

  private static void check(byte[] value, int bytes, byte version) throws MalformedValueException {
    if (value.length < bytes) {
      throw new MalformedValueException(
          "its value has " + value.length + " bytes; " + bytes + " are the least");
    }
    if (value[0] != version) {
      throw new MalformedValueException(
          "its value has format version "
              + value[0]
              + ", which this Atoll can't read: use the version that wrote it");
    }
  }
}
