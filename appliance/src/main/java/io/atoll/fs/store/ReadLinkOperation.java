package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Tells a symbolic link's target. */
final class ReadLinkOperation extends Operation<byte[]> {
  private final FileHandle handle;
  private Inode inode;
  private SmallContent target;

  ReadLinkOperation(Store store, FsCall call, FileHandle handle, FsCallback<byte[]> callback) {
    super(store, call, callback);
    this.handle = handle;
  }

  @Override
  void attempt() {
    if (inode == null) {
      pin(
          handle,
          found -> {
            inode = found;
            attempt();
          });
    } else if (inode.gone) {
      fail(FsStatus.STALE);
    } else if (inode.type != FileType.SYMLINK) {
      fail(FsStatus.WRONG_TYPE);
    } else if (target == null) {
      pinContent(inode, content -> target = content);
    } else {
      succeed(target.copy());
    }
  }
}
