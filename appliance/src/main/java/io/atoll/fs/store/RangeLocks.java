package io.atoll.fs.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims on one file's blocks, in order of arrival: one is granted when it overlaps with none
 * before it, so that nobody is overtaken for ever. Each counts the earlier ones that it overlaps
 * with, so that acquiring and releasing look at each other claim once. Claims are granted from a
 * loop, not from within one another, however many wait. Loop-confined; allocates nothing.
 */
final class RangeLocks {
  private static final Logger LOG = LoggerFactory.getLogger(RangeLocks.class);

  private RangeLock oldest;
  private RangeLock newest;

  /** Those with no blockers left that have not been told yet. */
  private RangeLock firstFree;

  private RangeLock lastFree;
  private boolean granting;

  void acquire(RangeLock lock) {
    lock.granted = false;
    lock.blockers = 0;
    for (RangeLock other = oldest; other != null; other = other.later) {
      if (other.overlaps(lock)) {
        lock.blockers++;
      }
    }
    lock.earlier = newest;
    lock.later = null;
    if (newest == null) {
      oldest = lock;
    } else {
      newest.later = lock;
    }
    newest = lock;
    if (lock.blockers == 0) {
      free(lock);
    }
    grantFree();
  }

  /** Gives up a claim that was granted. */
  void release(RangeLock lock) {
    if (lock.earlier == null) {
      oldest = lock.later;
    } else {
      lock.earlier.later = lock.later;
    }
    if (lock.later == null) {
      newest = lock.earlier;
    } else {
      lock.later.earlier = lock.earlier;
    }
    for (RangeLock other = lock.later; other != null; other = other.later) {
      if (other.overlaps(lock)) {
        unblock(other);
      }
    }
    lock.earlier = null;
    lock.later = null;
    lock.granted = false;
    grantFree();
  }

  /** Keeps only a part of a granted claim. */
  void narrow(RangeLock lock, long firstBlock, long lastBlock) {
    for (RangeLock other = lock.later; other != null; other = other.later) {
      if (other.overlaps(lock) && !other.overlaps(firstBlock, lastBlock)) {
        unblock(other);
      }
    }
    lock.over(firstBlock, lastBlock);
    grantFree();
  }

  boolean isIdle() {
    return oldest == null;
  }

  private void unblock(RangeLock lock) {
    if (--lock.blockers == 0) {
      free(lock);
    }
  }

  private void free(RangeLock lock) {
    lock.nextFree = null;
    if (firstFree == null) {
      firstFree = lock;
    } else {
      lastFree.nextFree = lock;
    }
    lastFree = lock;
  }

  private void grantFree() {
    if (granting) {
      return;
    }
    granting = true;
    while (firstFree != null) {
      RangeLock lock = firstFree;
      firstFree = lock.nextFree;
      lock.nextFree = null;
      grant(lock);
    }
    granting = false;
  }

  private void grant(RangeLock lock) {
    lock.granted = true;
    try {
      lock.grant();
    } catch (RuntimeException e) {
      LOG.error(
          "The holder of blocks {} to {} failed; they are free again", lock.first, lock.last, e);
      if (lock.granted) {
        release(lock);
      }
    }
  }
}
