package io.atoll.fs.store;

import io.atoll.fs.AccessBits;
import io.atoll.fs.FileSystem.AccessResult;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;

/** Who may do what, by POSIX's rules as Linux reads them. */
final class Permissions {
  static final int READ = 4;
  static final int WRITE = 2;
  static final int EXECUTE = 1;

  static final int SET_USER = 04000;
  static final int SET_GROUP = 02000;
  static final int STICKY = 01000;
  static final int MODE_BITS = 07777;

  private static final int GROUP_EXECUTE = 010;
  private static final int ANY_EXECUTE = 0111;

  private static final int OF_DIRECTORY =
      AccessBits.READ
          | AccessBits.LOOKUP
          | AccessBits.MODIFY
          | AccessBits.EXTEND
          | AccessBits.DELETE;
  private static final int OF_FILE =
      AccessBits.READ | AccessBits.MODIFY | AccessBits.EXTEND | AccessBits.EXECUTE;
  private static final int OF_OTHERS = AccessBits.READ | AccessBits.MODIFY | AccessBits.EXTEND;

  private Permissions() {}

  /**
   * Whether all of {@code wanted} is granted: by the owner's bits to the owner, by the group's to
   * its members, else by the others'. The superuser may do all, but execute a file only if it is
   * executable for someone.
   *
   * @param wanted of {@link #READ}, {@link #WRITE}, {@link #EXECUTE}
   */
  static boolean may(Inode inode, Principal who, int wanted) {
    if (who.isSuperuser()) {
      return (wanted & EXECUTE) == 0 || !inode.isRegular() || (inode.mode & ANY_EXECUTE) != 0;
    }
    int granted;
    if (inode.uid == who.uid()) {
      granted = inode.mode >> 6;
    } else if (who.isMember(inode.gid)) {
      granted = inode.mode >> 3;
    } else {
      granted = inode.mode;
    }
    return (granted & wanted) == wanted;
  }

  static boolean owns(Inode inode, Principal who) {
    return who.isSuperuser() || inode.uid == who.uid();
  }

  /** OK if {@code directory} is one and names in it may be looked up. */
  static FsStatus search(Inode directory, Principal who) {
    return switch (directory.type) {
      case DIRECTORY -> may(directory, who, EXECUTE) ? FsStatus.OK : FsStatus.ACCESS_DENIED;
      case SYMLINK -> FsStatus.SYMLINK;
      default -> FsStatus.NOT_DIRECTORY;
    };
  }

  /** OK if {@code who} may add names to and take them from {@code directory}. */
  static FsStatus modify(Inode directory, Principal who) {
    return may(directory, who, WRITE | EXECUTE) ? FsStatus.OK : FsStatus.ACCESS_DENIED;
  }

  /** In a sticky directory only the owner of the object or of the directory takes a name away. */
  static FsStatus unlink(Inode directory, Inode target, Principal who) {
    FsStatus status = modify(directory, who);
    if (status == FsStatus.OK
        && (directory.mode & STICKY) != 0
        && !owns(directory, who)
        && !owns(target, who)) {
      return FsStatus.NOT_OWNER;
    }
    return status;
  }

  /** OK if {@code inode} is a file with content; reading what may be executed is allowed. */
  static FsStatus readContent(Inode inode, Principal who, boolean heldOpen) {
    FsStatus status = content(inode);
    if (status != FsStatus.OK || heldOpen || may(inode, who, READ) || may(inode, who, EXECUTE)) {
      return status;
    }
    return FsStatus.ACCESS_DENIED;
  }

  static FsStatus writeContent(Inode inode, Principal who, boolean heldOpen) {
    FsStatus status = content(inode);
    if (status != FsStatus.OK || heldOpen || may(inode, who, WRITE)) {
      return status;
    }
    return FsStatus.ACCESS_DENIED;
  }

  /** OK if {@code inode} is a file with content. */
  static FsStatus content(Inode inode) {
    return switch (inode.type) {
      case REGULAR -> FsStatus.OK;
      case DIRECTORY -> FsStatus.IS_DIRECTORY;
      case SYMLINK -> FsStatus.SYMLINK;
      default -> FsStatus.WRONG_TYPE;
    };
  }

  /** Changed content is no longer what was trusted with setuid and setgid. */
  static int modeAfterWrite(Inode inode, Principal who) {
    return who.isSuperuser() ? inode.mode : withoutPrivileges(inode.mode);
  }

  /** Without setuid, and without setgid where it is that and no mark for mandatory locks. */
  static int withoutPrivileges(int mode) {
    int lower = mode & ~SET_USER;
    return (lower & GROUP_EXECUTE) != 0 ? lower & ~SET_GROUP : lower;
  }

  static AccessResult access(Inode inode, Principal who, int wanted) {
    int meaningful =
        switch (inode.type) {
          case DIRECTORY -> OF_DIRECTORY;
          case REGULAR -> OF_FILE;
          default -> OF_OTHERS;
        };
    int checked = wanted & meaningful;
    int granted = 0;
    if (may(inode, who, READ)) {
      granted |= AccessBits.READ;
    }
    if (inode.isDirectory()) {
      if (may(inode, who, EXECUTE)) {
        granted |= AccessBits.LOOKUP;
      }
      if (may(inode, who, WRITE | EXECUTE)) {
        granted |= AccessBits.MODIFY | AccessBits.EXTEND | AccessBits.DELETE;
      }
    } else {
      if (may(inode, who, WRITE)) {
        granted |= AccessBits.MODIFY | AccessBits.EXTEND;
      }
      if (may(inode, who, EXECUTE)) {
        granted |= AccessBits.EXECUTE;
      }
    }
    return new AccessResult(checked, checked & granted);
  }
}
