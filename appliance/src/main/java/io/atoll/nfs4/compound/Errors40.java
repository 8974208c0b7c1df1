package io.atoll.nfs4.compound;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;

/**
 * What the outcomes of operations that minor versions share are in NFSv4.0, which lacks some of the
 * later errors (RFC 7530, section 13).
 */
final class Errors40 {
  private Errors40() {}

  /**
   * @param operation null if it is illegal
   */
  static Nfs4Status of(Operation operation, Nfs4Status status) {
    return switch (status) {
      case WRONG_TYPE -> ofWrongType(operation);
      case SYMLINK -> ofSymlink(operation);
      case DEADSESSION -> Nfs4Status.EXPIRED;
      case REP_TOO_BIG, REP_TOO_BIG_TO_CACHE -> Nfs4Status.RESOURCE;
      case DQUOT -> ofNoRoom(operation);
      case NOFILEHANDLE ->
          operation == Operation.RESTOREFH ? Nfs4Status.RESTOREFH : Nfs4Status.NOFILEHANDLE;
      default -> status;
    };
  }

  /** Section 16.16.6: what can't be opened by its type is told as a symbolic link is. */
  private static Nfs4Status ofWrongType(Operation operation) {
    return operation == Operation.OPEN ? Nfs4Status.SYMLINK : Nfs4Status.INVAL;
  }

  /** Section 13.2: only LOOKUP and OPEN have an error of its own for links. */
  private static Nfs4Status ofSymlink(Operation operation) {
    return switch (operation) {
      case LOOKUP, OPEN -> Nfs4Status.SYMLINK;
      case CREATE, LINK, LOOKUPP, READDIR, REMOVE, RENAME, SECINFO -> Nfs4Status.NOTDIR;
      case null, default -> Nfs4Status.INVAL;
    };
  }

  /** Section 13.2: for want of room for locks there is no error but this. */
  private static Nfs4Status ofNoRoom(Operation operation) {
    return operation == Operation.LOCK || operation == Operation.LOCKU
        ? Nfs4Status.RESOURCE
        : Nfs4Status.DQUOT;
  }
}
