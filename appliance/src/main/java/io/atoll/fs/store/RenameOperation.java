package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;

/**
 * Moves a name, over another if there is one. A directory that gets another parent is moved by only
 * one operation at a time, so that the way from the new parent up to the root, which is walked to
 * see that it does not pass the directory itself, stays as it was seen. As others wait for it, the
 * walk has a bound, beyond which the new path is too long.
 */
final class RenameOperation extends Operation<RenameResult> {
  private final FileHandle fromHandle;
  private final byte[] fromName;
  private final FileHandle toHandle;
  private final byte[] toName;
  private final RangeLock moveLock =
      new RangeLock(() -> this.store.loop.execute(() -> step(this::attempt))).over(0, 0);
  private Inode from;
  private Inode to;
  private DirectoryEntry fromEntry;
  private DirectoryEntry toEntry;
  private Inode source;
  private Inode target;
  private ChunkMap onlyChunk;
  private boolean moveLockAsked;

  /** The directory for which the way up from {@link #to} was walked; 0 before. */
  private long walkedFor;

  /** Whether that walk met the directory. */
  private boolean below;

  RenameOperation(
      Store store,
      FsCall call,
      FileHandle from,
      byte[] fromName,
      FileHandle to,
      byte[] toName,
      FsCallback<RenameResult> callback) {
    super(store, call, callback);
    this.fromHandle = from;
    this.fromName = fromName;
    this.toHandle = to;
    this.toName = toName;
  }

  @Override
  void attempt() {
    if (from == null) {
      pin(
          fromHandle,
          inode -> {
            from = inode;
            attempt();
          });
      return;
    }
    if (to == null) {
      pin(
          toHandle,
          inode -> {
            to = inode;
            attempt();
          });
      return;
    }
    FsStatus status = checkDirectories();
    if (status != FsStatus.OK) {
      fail(status);
    } else if (fromEntry == null) {
      pinEntry(from, fromName, found -> fromEntry = found);
    } else if (toEntry == null) {
      pinEntry(to, toName, found -> toEntry = found);
    } else if (!fromEntry.isPresent()) {
      fail(FsStatus.NOT_FOUND);
    } else if (source == null || source.number != fromEntry.inode) {
      unpin(source);
      source = null;
      pinNamed(fromEntry, inode -> source = inode);
    } else if (target != null && target.number != toEntry.inode) {
      unpin(target);
      unpin(onlyChunk);
      target = null;
      onlyChunk = null;
      attempt();
    } else if (target == null && toEntry.isPresent()) {
      pinNamed(toEntry, inode -> target = inode);
    } else if (target != null && Orphans.wantsOnlyChunk(target) && onlyChunk == null) {
      pinChunk(target.number, 0, chunk -> onlyChunk = chunk);
    } else {
      checkAndAct();
    }
  }

  private FsStatus checkDirectories() {
    if (from.gone || to.gone) {
      return FsStatus.STALE;
    }
    FsStatus status = Permissions.search(from, call.principal());
    if (status == FsStatus.OK) {
      status = Permissions.search(to, call.principal());
    }
    if (status == FsStatus.OK && toName.length > store.limits.maxNameBytes()) {
      status = FsStatus.NAME_TOO_LONG;
    }
    return status;
  }

  private void checkAndAct() {
    if (source == target) {
      succeed(new RenameResult(Store.unchanged(from), Store.unchanged(to)));
      return;
    }
    boolean changesParent = source.isDirectory() && from != to;
    if (changesParent && source.number != walkedFor) {
      walk();
      return;
    }
    FsStatus status = changesParent && below ? FsStatus.INVALID : check();
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      act();
    }
  }

  private FsStatus check() {
    FsStatus status = Permissions.unlink(from, source, call.principal());
    if (status == FsStatus.OK) {
      status =
          target == null
              ? Permissions.modify(to, call.principal())
              : Permissions.unlink(to, target, call.principal());
    }
    if (status != FsStatus.OK) {
      return status;
    }
    if (target != null) {
      if (source.isDirectory() && !target.isDirectory()) {
        return FsStatus.NOT_DIRECTORY;
      }
      if (!source.isDirectory() && target.isDirectory()) {
        return FsStatus.IS_DIRECTORY;
      }
      if (target.isDirectory() && target.entries > 0) {
        return FsStatus.NOT_EMPTY;
      }
    }
    if (source.isDirectory() && from != to) {
      // Its ".." changes, too.
      if (!Permissions.may(source, call.principal(), Permissions.WRITE)) {
        return FsStatus.ACCESS_DENIED;
      }
      if (target == null && to.links >= store.limits.maxLinks()) {
        return FsStatus.TOO_MANY_LINKS;
      }
    }
    status = store.quotas.admitRename(from, to, source, target);
    if (status != FsStatus.OK) {
      return status;
    }
    // A name in place of another takes no more room.
    return target == null ? store.room() : FsStatus.OK;
  }

  private void act() {
    long now = store.now();
    long fromBefore = from.change;
    long toBefore = to.change;
    Change change = store.change();
    if (target != null) {
      change.removeEntry(to, toEntry);
      Unlinking.unlink(store, change, to, target, onlyChunk, now);
    }
    change.removeEntry(from, fromEntry).addEntry(to, toEntry, source);
    if (source.isDirectory() && from != to) {
      from.links--;
      to.links++;
      source.parent = to.number;
    }
    store.quotas.renamed(from, to, source, change);
    source.changed(now);
    from.modified(now);
    if (to != from) {
      to.modified(now);
      change.inode(to);
    }
    change.inode(from).inode(source).append(call);
    succeed(new RenameResult(from.changeSince(fromBefore), to.changeSince(toBefore)));
  }

  // --- a directory moves ---

  private void walk() {
    if (!moveLockAsked) {
      moveLockAsked = true;
      store.directoryMoves.acquire(moveLock);
    } else if (moveLock.granted) {
      long moved = source.number;
      walkUp(
          to,
          moved,
          maxStepsUp(),
          met -> {
            // True for as long as the lock is held; whether it matters still, the next attempt
            // sees.
            below = met;
            walkedFor = moved;
            attempt();
          });
    }
  }

  private int maxStepsUp() {
    int maxDepth = store.limits.maxDepth();
    return maxDepth == 0
        ? StoreLimits.MAX_MOVE_DEPTH
        : Math.min(maxDepth - 1, StoreLimits.MAX_MOVE_DEPTH);
  }

  @Override
  void cleanUp() {
    if (moveLock.granted) {
      store.directoryMoves.release(moveLock);
    }
  }
}
