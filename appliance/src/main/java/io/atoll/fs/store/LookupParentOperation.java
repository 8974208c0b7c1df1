package io.atoll.fs.store;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Finds the directory above a directory. */
final class LookupParentOperation extends Operation<Attributes> {
  private final FileHandle handle;
  private Inode directory;
  private Inode parent;

  LookupParentOperation(
      Store store, FsCall call, FileHandle handle, FsCallback<Attributes> callback) {
    super(store, call, callback);
    this.handle = handle;
  }

  @Override
  void attempt() {
    if (directory == null) {
      pin(
          handle,
          inode -> {
            directory = inode;
            attempt();
          });
      return;
    }
    FsStatus status =
        directory.gone ? FsStatus.STALE : Permissions.search(directory, call.principal());
    if (status != FsStatus.OK) {
      fail(status);
    } else if (directory.parent == directory.number) {
      fail(FsStatus.NOT_FOUND);
    } else if (parent == null || parent.number != directory.parent) {
      unpin(parent);
      parent = null;
      pinParent(directory, inode -> parent = inode);
    } else {
      succeed(parent.attributes());
    }
  }
}
