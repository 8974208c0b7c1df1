package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Takes a name from a directory, and with the last name the object. */
final class RemoveOperation extends Operation<ChangeInfo> {
  private final FileHandle handle;
  private final byte[] name;
  private Inode directory;
  private DirectoryEntry entry;
  private Inode target;
  private ChunkMap onlyChunk;

  RemoveOperation(
      Store store, FsCall call, FileHandle handle, byte[] name, FsCallback<ChangeInfo> callback) {
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
      unpin(onlyChunk);
      target = null;
      onlyChunk = null;
      pinNamed(entry, inode -> target = inode);
    } else if (Orphans.wantsOnlyChunk(target) && onlyChunk == null) {
      pinChunk(target.number, 0, chunk -> onlyChunk = chunk);
    } else {
      act();
    }
  }

  private void act() {
    FsStatus status = Permissions.unlink(directory, target, call.principal());
    if (status == FsStatus.OK && target.isDirectory() && target.entries > 0) {
      status = FsStatus.NOT_EMPTY;
    }
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    long now = store.now();
    long before = directory.change;
    Change change = store.change().removeEntry(directory, entry);
    Unlinking.unlink(store, change, directory, target, onlyChunk, now);
    directory.modified(now);
    change.inode(directory).append(call);
    succeed(directory.changeSince(before));
  }
}
