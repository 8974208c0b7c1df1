package io.atoll.fs.store;

import io.atoll.fs.CreateRequest;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/** Makes an object, or takes the one that has the name already. */
final class CreateOperation extends Operation<CreateResult> {
  private final FileHandle handle;
  private final byte[] name;
  private final CreateRequest request;
  private Inode directory;
  private DirectoryEntry entry;
  private Inode existing;

  /** Others may move what is above meanwhile: the limit is no promise. */
  private boolean depthChecked;

  CreateOperation(
      Store store,
      FsCall call,
      FileHandle handle,
      byte[] name,
      CreateRequest request,
      FsCallback<CreateResult> callback) {
    super(store, call, callback);
    this.handle = handle;
    this.name = name;
    this.request = request;
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
    if (status == FsStatus.OK) {
      status = NewInode.check(request, name, call.principal(), store.limits);
    }
    if (status != FsStatus.OK) {
      fail(status);
    } else if (entry == null) {
      pinEntry(directory, name, found -> entry = found);
    } else if (!entry.isPresent() && isDepthLimited() && !depthChecked) {
      walkUp(
          directory,
          0,
          store.limits.maxDepth() - 1,
          met -> {
            depthChecked = true;
            attempt();
          });
    } else if (!entry.isPresent()) {
      create();
    } else if (request.disposition() == CreateRequest.Disposition.GUARDED) {
      fail(FsStatus.EXISTS);
    } else if (existing == null || existing.number != entry.inode) {
      unpin(existing);
      existing = null;
      pinNamed(entry, inode -> existing = inode);
    } else {
      takeExisting();
    }
  }

  private boolean isDepthLimited() {
    return request.type() == FileType.DIRECTORY && store.limits.maxDepth() > 0;
  }

  private void create() {
    FsStatus status = Permissions.modify(directory, call.principal());
    if (status == FsStatus.OK) {
      status = NewInode.checkOwner(directory, request, call.principal());
    }
    if (status == FsStatus.OK
        && request.type() == FileType.DIRECTORY
        && directory.links >= store.limits.maxLinks()) {
      status = FsStatus.TOO_MANY_LINKS;
    }
    if (status == FsStatus.OK) {
      status = store.room();
    }
    if (status == FsStatus.OK) {
      status = store.quotas.admit(directory.quotaTree, 1, 0);
    }
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    long now = store.now();
    long before = directory.change;
    Change change = store.change();
    InodeNumbers.Run run =
        request.type() == FileType.DIRECTORY
            ? store.numbers.newRun()
            : store.numbers.runOf(directory);
    Inode inode =
        NewInode.make(
            store.numbers.take(run, change),
            store.newGeneration(),
            directory,
            request,
            call.principal(),
            now);
    if (inode.type == FileType.SYMLINK) {
      SmallContent target =
          new SmallContent(inode.number, SmallContent.of(request.symlinkTarget()));
      change.newContent(target);
      keep(target);
    }
    if (inode.isDirectory()) {
      inode.numbers = run;
      directory.links++;
    }
    directory.modified(now);
    change.newInode(inode).addEntry(directory, entry, inode).inode(directory);
    change.append(call);
    keep(inode);
    succeed(
        new CreateResult(
            inode.attributes(), directory.changeSince(before), true, NewInode.applied(request)));
  }

  private void takeExisting() {
    if (request.disposition() == CreateRequest.Disposition.EXCLUSIVE) {
      if (existing.isRegular() && existing.exclusive && existing.verifier == request.verifier()) {
        succeed(found(true, NewInode.applied(request)));
      } else {
        fail(FsStatus.EXISTS);
      }
      return;
    }
    switch (existing.type) {
      case REGULAR -> succeed(found(false, 0));
      case DIRECTORY -> fail(FsStatus.IS_DIRECTORY);
      case SYMLINK -> fail(FsStatus.SYMLINK);
      default -> fail(FsStatus.WRONG_TYPE);
    }
  }

  private CreateResult found(boolean created, int applied) {
    return new CreateResult(existing.attributes(), Store.unchanged(directory), created, applied);
  }
}
