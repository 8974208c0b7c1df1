package io.atoll.fs.store;

import static io.atoll.fs.AttributeChanges.ATIME;
import static io.atoll.fs.AttributeChanges.ATIME_NOW;
import static io.atoll.fs.AttributeChanges.BTIME;
import static io.atoll.fs.AttributeChanges.GID;
import static io.atoll.fs.AttributeChanges.MODE;
import static io.atoll.fs.AttributeChanges.MODE_MASKED;
import static io.atoll.fs.AttributeChanges.MTIME;
import static io.atoll.fs.AttributeChanges.MTIME_NOW;
import static io.atoll.fs.AttributeChanges.SIZE;
import static io.atoll.fs.AttributeChanges.UID;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;

/** Whether attributes may be set, and how they are. The size's blocks are another's business. */
final class AttributeUpdate {

  private AttributeUpdate() {}

  static FsStatus check(
      Inode inode,
      AttributeChanges changes,
      Principal who,
      boolean openForWriting,
      FileLimits limits) {
    boolean owns = Permissions.owns(inode, who);
    if ((changes.mask & (MODE | MODE_MASKED | ATIME | MTIME | BTIME)) != 0 && !owns) {
      return FsStatus.NOT_OWNER;
    }
    if (changes.has(UID) && !who.isSuperuser() && !(owns && changes.uid == inode.uid)) {
      return FsStatus.NOT_OWNER;
    }
    if (changes.has(GID)
        && !who.isSuperuser()
        && !(owns && (changes.gid == inode.gid || who.isMember(changes.gid)))) {
      return FsStatus.NOT_OWNER;
    }
    if ((changes.mask & (ATIME_NOW | MTIME_NOW)) != 0
        && !owns
        && !openForWriting
        && !Permissions.may(inode, who, Permissions.WRITE)) {
      return FsStatus.ACCESS_DENIED;
    }
    return changes.has(SIZE) ? checkSize(inode, changes, who, openForWriting, limits) : FsStatus.OK;
  }

  private static FsStatus checkSize(
      Inode inode,
      AttributeChanges changes,
      Principal who,
      boolean openForWriting,
      FileLimits limits) {
    if (changes.sizeBytes < 0) {
      return FsStatus.INVALID;
    }
    FsStatus status = Permissions.writeContent(inode, who, openForWriting);
    if (status == FsStatus.OK && changes.sizeBytes > limits.maxFileBytes()) {
      return FsStatus.FILE_TOO_LARGE;
    }
    return status == FsStatus.WRONG_TYPE ? FsStatus.INVALID : status;
  }

  /** Sets everything but the size; {@link #check} said yes in the same step. */
  static void apply(Inode inode, AttributeChanges changes, Principal who, long nowNanos) {
    if (changes.has(SIZE)) {
      inode.mode = Permissions.modeAfterWrite(inode, who);
      inode.mtimeNanos = nowNanos;
    }
    if (changes.has(UID) || changes.has(GID)) {
      inode.uid = changes.has(UID) ? changes.uid : inode.uid;
      inode.gid = changes.has(GID) ? changes.gid : inode.gid;
      if (!inode.isDirectory()) {
        inode.mode = Permissions.withoutPrivileges(inode.mode);
      }
    }
    if (changes.has(MODE) || changes.has(MODE_MASKED)) {
      int mask = changes.has(MODE) ? Permissions.MODE_BITS : changes.modeMask;
      inode.mode = ((inode.mode & ~mask) | (changes.mode & mask)) & Permissions.MODE_BITS;
      if (!who.isSuperuser() && !who.isMember(inode.gid)) {
        inode.mode &= ~Permissions.SET_GROUP;
      }
    }
    if (changes.has(ATIME) || changes.has(ATIME_NOW)) {
      inode.atimeNanos = changes.has(ATIME) ? changes.atimeNanos : nowNanos;
    }
    if (changes.has(MTIME) || changes.has(MTIME_NOW)) {
      inode.mtimeNanos = changes.has(MTIME) ? changes.mtimeNanos : nowNanos;
    }
    if (changes.has(BTIME)) {
      inode.btimeNanos = changes.btimeNanos;
    }
    inode.changed(nowNanos);
  }
}
