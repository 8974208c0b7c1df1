package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Gives an object a further name. */
final class LinkOperation extends Operation<ChangeInfo> {
  private final FileHandle fileHandle;
  private final FileHandle directoryHandle;
  private final byte[] name;
  private Inode file;
  private Inode directory;
  private DirectoryEntry entry;

  LinkOperation(
      Store store,
      FsCall call,
      FileHandle file,
      FileHandle directory,
      byte[] name,
      FsCallback<ChangeInfo> callback) {
    super(store, call, callback);
    this.fileHandle = file;
    this.directoryHandle = directory;
    this.name = name;
  }

  @Override
  void attempt() {
    if (file == null) {
      pin(
          fileHandle,
          inode -> {
            file = inode;
            attempt();
          });
    } else if (directory == null) {
      pin(
          directoryHandle,
          inode -> {
            directory = inode;
            attempt();
          });
    } else if (entry == null && !directory.gone) {
      pinEntry(directory, name, found -> entry = found);
    } else {
      act();
    }
  }

  private FsStatus check() {
    if (file.gone || directory.gone) {
      return FsStatus.STALE;
    }
    FsStatus status = Permissions.search(directory, call.principal());
    if (status != FsStatus.OK) {
      return status;
    }
    if (name.length > store.limits.maxNameBytes()) {
      return FsStatus.NAME_TOO_LONG;
    }
    if (file.isDirectory()) {
      return FsStatus.IS_DIRECTORY;
    }
    if (entry.isPresent()) {
      return FsStatus.EXISTS;
    }
    status = Permissions.modify(directory, call.principal());
    if (status != FsStatus.OK) {
      return status;
    }
    if (file.links == 0) {
      return FsStatus.STALE; // a last name that was removed does not come back
    }
    if (file.links >= store.limits.maxLinks()) {
      return FsStatus.TOO_MANY_LINKS;
    }
    status = store.quotas.admitLink(file, directory);
    return status == FsStatus.OK ? store.room() : status;
  }

  private void act() {
    FsStatus status = check();
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    long now = store.now();
    long before = directory.change;
    file.links++;
    file.changed(now);
    directory.modified(now);
    store.change().addEntry(directory, entry, file).inode(file).inode(directory).append(call);
    succeed(directory.changeSince(before));
  }
}
