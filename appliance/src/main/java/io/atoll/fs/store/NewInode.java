package io.atoll.fs.store;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;

/** What a new object starts with. */
final class NewInode {
  private static final int DEFAULT_MODE = 0600;
  private static final int SYMLINK_MODE = 0777;

  private NewInode() {}

  /** What of a request can be told wrong before anything is looked at. */
  static FsStatus check(CreateRequest request, byte[] name, Principal who, FileLimits limits) {
    if (name.length > limits.maxNameBytes()) {
      return FsStatus.NAME_TOO_LONG;
    }
    AttributeChanges wanted = request.attributes();
    return switch (request.type()) {
      case SYMLINK -> checkTarget(request.symlinkTarget(), limits);
      case BLOCK_DEVICE, CHARACTER_DEVICE -> who.isSuperuser() ? FsStatus.OK : FsStatus.NOT_OWNER;
      case REGULAR -> {
        if (!wanted.has(AttributeChanges.SIZE)) {
          yield FsStatus.OK;
        }
        if (wanted.sizeBytes < 0) {
          yield FsStatus.INVALID;
        }
        yield wanted.sizeBytes > limits.maxFileBytes() ? FsStatus.FILE_TOO_LARGE : FsStatus.OK;
      }
      default -> FsStatus.OK;
    };
  }

  private static FsStatus checkTarget(byte[] target, FileLimits limits) {
    if (target == null || target.length == 0) {
      return FsStatus.INVALID;
    }
    return target.length > limits.maxSymlinkBytes() ? FsStatus.NAME_TOO_LONG : FsStatus.OK;
  }

  /** Whether the new object may be given the owner and group that are asked for. */
  static FsStatus checkOwner(Inode directory, CreateRequest request, Principal who) {
    AttributeChanges wanted = request.attributes();
    if (who.isSuperuser()) {
      return FsStatus.OK;
    }
    boolean owner = !wanted.has(AttributeChanges.UID) || wanted.uid == who.uid();
    boolean group =
        !wanted.has(AttributeChanges.GID)
            || who.isMember(wanted.gid)
            || wanted.gid == group(directory, who);
    return owner && group ? FsStatus.OK : FsStatus.NOT_OWNER;
  }

  /** The group that an object made in {@code directory} starts with. */
  private static int group(Inode directory, Principal who) {
    return (directory.mode & Permissions.SET_GROUP) != 0 ? directory.gid : who.gid();
  }

  static Inode make(
      long number,
      int generation,
      Inode directory,
      CreateRequest request,
      Principal who,
      long nowNanos) {
    Inode inode = new Inode(number, generation, request.type());
    AttributeChanges wanted = request.attributes();
    inode.uid = wanted.has(AttributeChanges.UID) ? wanted.uid : who.uid();
    inode.gid = wanted.has(AttributeChanges.GID) ? wanted.gid : group(directory, who);
    inode.mode = mode(inode, directory, wanted, who);
    inode.links = 1;
    inode.quotaTree = directory.quotaTree;
    inode.atimeNanos = wanted.has(AttributeChanges.ATIME) ? wanted.atimeNanos : nowNanos;
    inode.mtimeNanos = wanted.has(AttributeChanges.MTIME) ? wanted.mtimeNanos : nowNanos;
    inode.btimeNanos = wanted.has(AttributeChanges.BTIME) ? wanted.btimeNanos : nowNanos;
    inode.ctimeNanos = nowNanos;
    inode.change = 1;
    inode.exclusive = request.disposition() == CreateRequest.Disposition.EXCLUSIVE;
    inode.verifier = inode.exclusive ? request.verifier() : 0;
    switch (request.type()) {
      case DIRECTORY -> {
        inode.links = 2;
        inode.parent = directory.number;
        inode.nextCookie = DirectoryVisitor.FIRST_COOKIE;
      }
      case SYMLINK -> inode.sizeBytes = request.symlinkTarget().length;
      case REGULAR -> {
        inode.sizeBytes = wanted.has(AttributeChanges.SIZE) ? wanted.sizeBytes : 0;
        inode.inline = inode.sizeBytes == 0;
      }
      case BLOCK_DEVICE, CHARACTER_DEVICE -> {
        inode.deviceMajor = request.deviceMajor();
        inode.deviceMinor = request.deviceMinor();
      }
      default -> {
        // FIFOs and sockets have nothing more.
      }
    }
    return inode;
  }

  private static int mode(Inode inode, Inode directory, AttributeChanges wanted, Principal who) {
    if (inode.type == FileType.SYMLINK) {
      return SYMLINK_MODE;
    }
    int mode = DEFAULT_MODE;
    if (wanted.has(AttributeChanges.MODE)) {
      mode = wanted.mode & Permissions.MODE_BITS;
    } else if (wanted.has(AttributeChanges.MODE_MASKED)) {
      mode = wanted.mode & wanted.modeMask & Permissions.MODE_BITS;
    }
    if (!who.isSuperuser() && !who.isMember(inode.gid)) {
      mode &= ~Permissions.SET_GROUP;
    }
    if (inode.isDirectory()) {
      mode |= directory.mode & Permissions.SET_GROUP;
    }
    return mode;
  }

  /** The bits that took effect on a new object. */
  static int applied(CreateRequest request) {
    int mask = request.attributes().mask;
    return request.type() == FileType.REGULAR ? mask : mask & ~AttributeChanges.SIZE;
  }
}
