package io.atoll.fs.store;

/**
 * The inodes that have a reservation of change attributes, by their last unstable write. Every
 * method takes the same time however many there are. Loop-confined.
 */
final class ReservedInodes {
  private Inode first;
  private Inode last;
  private int size;

  int size() {
    return size;
  }

  /** The one that has not been written for the longest; null if there is none. */
  Inode leastRecentlyUsed() {
    return first;
  }

  /** Adds one, as the one written last. */
  void add(Inode inode) {
    inode.reservedBefore = last;
    if (last == null) {
      first = inode;
    } else {
      last.reservedAfter = inode;
    }
    last = inode;
    size++;
  }

  void remove(Inode inode) {
    if (inode.reservedBefore == null) {
      first = inode.reservedAfter;
    } else {
      inode.reservedBefore.reservedAfter = inode.reservedAfter;
    }
    if (inode.reservedAfter == null) {
      last = inode.reservedBefore;
    } else {
      inode.reservedAfter.reservedBefore = inode.reservedBefore;
    }
    inode.reservedBefore = null;
    inode.reservedAfter = null;
    size--;
  }

  /** One of them has been written. */
  void used(Inode inode) {
    if (inode.reservedAfter != null) {
      remove(inode);
      add(inode);
    }
  }
}
