package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Whose turn it is on one file: clients that ask for a lock with READW_LT or WRITEW_LT come again
 * when they are denied, and who asked first goes first (RFC 8881 §9.6). A waiter that has not come
 * for {@link #PATIENCE_NANOS} loses its turn, so that the dead never keep a lock from the living.
 * Loop-confined.
 */
final class LockQueue {
  /** How long a turn is kept: twice the first interval at which Linux polls. */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private final int maxWaiters;
  private final List<Waiter> waiters = new ArrayList<>();

  LockQueue(int maxWaiters) {
    this.maxWaiters = maxWaiters;
  }

  /** A denied request, as the range it wants. */
  private static final class Waiter {
    private final Range<LockOwner> wanted;
    private long seenNanos;

    Waiter(Range<LockOwner> wanted, long seenNanos) {
      this.wanted = wanted;
      this.seenNanos = seenNanos;
    }

    boolean is(LockOwner owner, Mode mode, long first, long last) {
      return wanted.mode() == mode
          && wanted.firstByte() == first
          && wanted.lastByte() == last
          && isOf(owner);
    }

    boolean isOf(LockOwner owner) {
      return wanted.owner().client() == owner.client() && wanted.owner().id().equals(owner.id());
    }

    boolean excludes(Mode mode, long first, long last) {
      return (mode == Mode.EXCLUSIVE || wanted.mode() == Mode.EXCLUSIVE)
          && wanted.overlaps(first, last);
    }
  }

  /** The earlier waiter that must go before this request, or null. */
  Range<LockOwner> ahead(LockOwner owner, Mode mode, long first, long last, long nowNanos) {
    dropLate(nowNanos);
    for (Waiter waiter : waiters) {
      if (waiter.isOf(owner)) {
        return null;
      }
      if (waiter.excludes(mode, first, last)) {
        return waiter.wanted;
      }
    }
    return null;
  }

  /** Notes a denied blocking request, or that it came again. */
  void await(LockOwner owner, Mode mode, long first, long last, long nowNanos) {
    for (Waiter waiter : waiters) {
      if (waiter.is(owner, mode, first, last)) {
        waiter.seenNanos = nowNanos;
        return;
      }
    }
    if (waiters.size() < maxWaiters) {
      waiters.add(new Waiter(new Range<>(owner, mode, first, last), nowNanos));
    }
  }

  /** The owner got what it waited for. */
  void granted(LockOwner owner, Mode mode, long first, long last) {
    waiters.removeIf(waiter -> waiter.is(owner, mode, first, last));
  }

  private void dropLate(long nowNanos) {
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      if (nowNanos - all.next().seenNanos > PATIENCE_NANOS) {
        all.remove();
      }
    }
  }

  int size() {
    return waiters.size();
  }
}
