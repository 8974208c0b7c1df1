package io.atoll.fs.store;

/**
 * A value of the map that can't be what its key says. The log and the index check what they store,
 * so this is a defect or a newer format; the operation that met it ends with IO_ERROR.
 */
final class CorruptValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ofOtherVersion;

  CorruptValueException(String message) {
    this(message, false);
  }

  private CorruptValueException(String message, boolean ofOtherVersion) {
    super(message);
    this.ofOtherVersion = ofOtherVersion;
  }

  /** Whether the value has a format that this version does not know. */
  boolean isOfOtherVersion() {
    return ofOtherVersion;
  }

  /** Fails unless {@code value} has at least {@code bytes} bytes and the format {@code version}. */
  static void check(String what, byte[] value, int bytes, int version) {
    if (value.length > 0 && value[0] != version) {
      throw new CorruptValueException(
          what + " has format version " + value[0] + "; this release reads " + version, true);
    }
    if (value.length < bytes) {
      throw new CorruptValueException(
          what + " has " + value.length + " bytes, but needs at least " + bytes);
    }
  }
}
