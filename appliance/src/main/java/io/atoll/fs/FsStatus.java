package io.atoll.fs;

/** How a file-system operation ended, in POSIX's terms. A value, never an exception. */
public enum FsStatus {
  OK,
  /** The caller is neither owner nor superuser, and the operation is theirs alone (EPERM). */
  NOT_OWNER,
  NOT_FOUND,
  /** The device failed, or what it returned does not match its checksum (EIO). */
  IO_ERROR,
  /** The permission bits forbid it (EACCES). */
  ACCESS_DENIED,
  EXISTS,
  NOT_DIRECTORY,
  IS_DIRECTORY,
  /** Another type is needed: a symbolic link or special file where a regular file is meant. */
  WRONG_TYPE,
  /** The object is a symbolic link where none is allowed. */
  SYMLINK,
  INVALID,
  FILE_TOO_LARGE,
  NO_SPACE,
  /** It would go over a quota (EDQUOT). */
  QUOTA_EXCEEDED,
  /** It would lead into or out of a directory with a quota, whose content is counted (EXDEV). */
  OTHER_QUOTA,
  TOO_MANY_LINKS,
  /** A bound on how many quotas there may be, or one in the other. */
  TOO_MANY_QUOTAS,
  NAME_TOO_LONG,
  NOT_EMPTY,
  /** The handle's object is gone (ESTALE). */
  STALE,
  /** A READDIR cookie that this directory never gave out. */
  BAD_COOKIE,
  /** Not now, for want of a bounded resource; the caller should come again. */
  DELAY,
  /** What is stored has a format that this version does not know. */
  NOT_SUPPORTED,
  /** The file system lost its log; every reply that depends on it must be withheld. */
  FENCED
}
