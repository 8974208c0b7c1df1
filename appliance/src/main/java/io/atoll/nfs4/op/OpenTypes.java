package io.atoll.nfs4.op;

import io.atoll.fs.FileType;
import io.atoll.nfs4.wire.Nfs4Status;

/** Which objects can be opened and locked: regular files (RFC 8881, section 18.16.3). */
final class OpenTypes {
  private OpenTypes() {}

  static Nfs4Status refusalOf(FileType type) {
    return switch (type) {
      case REGULAR -> Nfs4Status.OK;
      case DIRECTORY -> Nfs4Status.ISDIR;
      case SYMLINK -> Nfs4Status.SYMLINK;
      default -> Nfs4Status.WRONG_TYPE;
    };
  }
}
