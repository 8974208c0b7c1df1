package io.atoll.fs.store;

import io.netty.buffer.ByteBuf;

/**
 * The content of an inline file, or a symbolic link's target: kept as the value that is stored, a
 * header and the bytes, and never changed but replaced.
 */
final class SmallContent extends Cached {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 8;

  byte[] value;

  SmallContent(long inode, byte[] value) {
    super(inode, 0, null);
    this.value = value;
  }

  int length() {
    return value.length - HEADER_BYTES;
  }

  byte[] copy() {
    byte[] content = new byte[length()];
    System.arraycopy(value, HEADER_BYTES, content, 0, content.length);
    return content;
  }

  void read(int offset, int length, ByteBuf into) {
    into.writeBytes(value, HEADER_BYTES + offset, length);
  }

  /**
   * A value for {@code length} bytes of content: those of {@code old}, cut or filled with zeros.
   */
  static byte[] resized(SmallContent old, int length) {
    byte[] value = new byte[HEADER_BYTES + length];
    value[0] = VERSION;
    if (old != null) {
      System.arraycopy(
          old.value, HEADER_BYTES, value, HEADER_BYTES, Math.min(length, old.length()));
    }
    return value;
  }

  static byte[] of(byte[] content) {
    byte[] value = resized(null, content.length);
    System.arraycopy(content, 0, value, HEADER_BYTES, content.length);
    return value;
  }

  /** How small contents are found in the map. */
  static final class Format implements ObjectCache.Format<SmallContent> {
    @Override
    public byte[] key(long inode, long low, byte[] name) {
      return Keys.small(inode);
    }

    @Override
    public SmallContent decode(long inode, long low, byte[] name, byte[] value) {
      if (value == null) {
        return null;
      }
      CorruptValueException.check("content of inode " + inode, value, HEADER_BYTES, VERSION);
      return new SmallContent(inode, value);
    }
  }
}
