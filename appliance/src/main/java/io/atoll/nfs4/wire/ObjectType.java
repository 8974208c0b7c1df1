package io.atoll.nfs4.wire;

import io.atoll.fs.FileType;

/** nfs_ftype4 (RFC 8881, section 3.2.2.1). */
public final class ObjectType {
  public static final int REG = 1;
  public static final int DIR = 2;
  public static final int BLK = 3;
  public static final int CHR = 4;
  public static final int LNK = 5;
  public static final int SOCK = 6;
  public static final int FIFO = 7;

  private ObjectType() {}

  public static int of(FileType type) {
    return switch (type) {
      case REGULAR -> REG;
      case DIRECTORY -> DIR;
      case BLOCK_DEVICE -> BLK;
      case CHARACTER_DEVICE -> CHR;
      case SYMLINK -> LNK;
      case SOCKET -> SOCK;
      case FIFO -> FIFO;
    };
  }

  /** The type that CREATE makes for {@code code}; null if it makes none such. */
  public static FileType creatable(int code) {
    return switch (code) {
      case DIR -> FileType.DIRECTORY;
      case BLK -> FileType.BLOCK_DEVICE;
      case CHR -> FileType.CHARACTER_DEVICE;
      case LNK -> FileType.SYMLINK;
      case SOCK -> FileType.SOCKET;
      case FIFO -> FileType.FIFO;
      default -> null;
    };
  }
}
