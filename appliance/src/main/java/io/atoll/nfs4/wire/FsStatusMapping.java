package io.atoll.nfs4.wire;

import io.atoll.fs.FsStatus;

/** What a file-system status is in NFSv4.1 (RFC 8881, section 15.1). The one place that says so. */
public final class FsStatusMapping {
  private FsStatusMapping() {}

  /** FENCED has no status, since no reply may leave then. */
  public static Nfs4Status of(FsStatus status) {
    return switch (status) {
      case OK -> Nfs4Status.OK;
      case NOT_OWNER -> Nfs4Status.PERM;
      case NOT_FOUND -> Nfs4Status.NOENT;
      case IO_ERROR -> Nfs4Status.IO;
      case ACCESS_DENIED -> Nfs4Status.ACCESS;
      case EXISTS -> Nfs4Status.EXIST;
      case NOT_DIRECTORY -> Nfs4Status.NOTDIR;
      case IS_DIRECTORY -> Nfs4Status.ISDIR;
      case WRONG_TYPE -> Nfs4Status.WRONG_TYPE;
      case SYMLINK -> Nfs4Status.SYMLINK;
      case INVALID -> Nfs4Status.INVAL;
      case FILE_TOO_LARGE -> Nfs4Status.FBIG;
      case NO_SPACE -> Nfs4Status.NOSPC;
      case QUOTA_EXCEEDED, TOO_MANY_QUOTAS -> Nfs4Status.DQUOT;
      case OTHER_QUOTA -> Nfs4Status.XDEV;
      case TOO_MANY_LINKS -> Nfs4Status.MLINK;
      case NAME_TOO_LONG -> Nfs4Status.NAMETOOLONG;
      case NOT_EMPTY -> Nfs4Status.NOTEMPTY;
      case STALE -> Nfs4Status.STALE;
      case BAD_COOKIE -> Nfs4Status.BAD_COOKIE;
      case DELAY -> Nfs4Status.DELAY;
      case NOT_SUPPORTED -> Nfs4Status.NOTSUPP;
      case FENCED -> throw new IllegalArgumentException("FENCED must not reach a client");
    };
  }
}
