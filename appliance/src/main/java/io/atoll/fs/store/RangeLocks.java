package io.atoll.fs.store;

/**
 * The claims on one file's blocks, in order of arrival: one is granted when it overlaps with none
 * before it, so that nobody is overtaken for ever. Claims are granted from a loop, not from within
 * one another, however many wait. Loop-confined; allocates nothing.
 */
final class RangeLocks {
  private RangeLock head;
  private boolean granting;
  private boolean again;

  void acquire(RangeLock lock) {
    lock.granted = false;
    lock.next = null;
    if (head == null) {
      head = lock;
    } else {
      RangeLock end = head;
      while (end.next != null) {
        end = end.next;
      }
      end.next = lock;
    }
    grantAll();
  }

  /** Gives up a claim that was granted. */
  void release(RangeLock lock) {
    if (head == lock) {
      head = lock.next;
    } else {
      RangeLock before = head;
      while (before.next != lock) {
        before = before.next;
      }
      before.next = lock.next;
    }
    lock.next = null;
    lock.granted = false;
    grantAll();
  }

  /** Keeps only a part of a granted claim. */
  void narrow(RangeLock lock, long firstBlock, long lastBlock) {
    lock.over(firstBlock, lastBlock);
    grantAll();
  }

  boolean isIdle() {
    return head == null;
  }

  private void grantAll() {
    again = true;
    if (granting) {
      return;
    }
    granting = true;
    try {
      while (again) {
        again = false;
        RangeLock lock = nextGrantable();
        if (lock != null) {
          again = true;
          lock.granted = true;
          lock.grant();
        }
      }
    } finally {
      granting = false;
    }
  }

  private RangeLock nextGrantable() {
    for (RangeLock lock = head; lock != null; lock = lock.next) {
      if (!lock.granted && isFree(lock)) {
        return lock;
      }
    }
    return null;
  }

  private boolean isFree(RangeLock lock) {
    for (RangeLock before = head; before != lock; before = before.next) {
      if (before.overlaps(lock)) {
        return false;
      }
    }
    return true;
  }
}
