package io.atoll.fs.store;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Finds what a name in a directory stands for. */
final class LookupOperation extends Operation<Attributes> {
  private final FileHandle handle;
  private final byte[] name;
  private Inode directory;
  private DirectoryEntry entry;
  private Inode target;

  LookupOperation(
      Store store, FsCall call, FileHandle handle, byte[] name, FsCallback<Attributes> callback) {
    super(store, call, callback);
    this.handle = handle;
    this.name = name;
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
    } else if (entry == null) {
      pinEntry(directory, name, found -> entry = found);
    } else if (!entry.isPresent()) {
      fail(FsStatus.NOT_FOUND);
    } else if (target == null || target.number != entry.inode) {
      unpin(target);
      target = null;
      pinNamed(entry, inode -> target = inode);
    } else {
      succeed(target.attributes());
    }
  }
}
