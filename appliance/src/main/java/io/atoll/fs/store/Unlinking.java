package io.atoll.fs.store;

/** What becomes of an object that loses a name: by removal, or as the target of a rename. */
final class Unlinking {

  private Unlinking() {}

  /**
   * Says in {@code change} that {@code target} has one name less; the entry itself and the
   * directory's value are the caller's.
   *
   * @param onlyChunk the target's first chunk if {@link Orphans#wantsOnlyChunk}, else null
   */
  static void unlink(
      Store store,
      Change change,
      Inode directory,
      Inode target,
      ChunkMap onlyChunk,
      long nowNanos) {
    if (target.isDirectory()) {
      directory.links--;
      target.links = 0;
      change.removedInode(target);
      return;
    }
    target.links--;
    target.changed(nowNanos);
    if (target.links > 0) {
      change.inode(target);
    } else {
      store.orphans.lastNameRemoved(change, target, onlyChunk);
    }
  }
}
