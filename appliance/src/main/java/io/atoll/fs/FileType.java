package io.atoll.fs;

/** The types of objects that a file system holds. Codes are on disk: never renumber. */
public enum FileType {
  REGULAR(1),
  DIRECTORY(2),
  SYMLINK(3),
  FIFO(4),
  SOCKET(5),
  BLOCK_DEVICE(6),
  CHARACTER_DEVICE(7);

  private static final FileType[] BY_CODE = new FileType[8];

  static {
    for (FileType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  FileType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The type with {@code code}, or null. */
  public static FileType ofCode(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
