package io.atoll.io.buffer;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides something that is counted among members: half of it is kept for them in equal parts, the
 * other half goes to whoever asks first. So one that is alone may have all, and however much some
 * hold, each of the others gets its part. A member that joins gets its part as the others give
 * back. Thread-safe; the lock is held for some nanoseconds.
 */
public final class FairShares {

  /** The part that is kept: one in so many. */
  private static final int KEPT_SHARE = 2;

  private final long capacity;
  private final List<Member> members = new ArrayList<>();
  private long used;

  /** What each member is sure of. */
  private long part;

  /** What members have not yet taken of their parts, in all. */
  private long untaken;

  public FairShares(long capacity) {
    this.capacity = capacity;
  }

  /** One that shares from now on, as long as it does not leave. */
  public synchronized Member join() {
    Member member = new Member();
    members.add(member);
    divide();
    return member;
  }

  private void divide() {
    part = members.isEmpty() ? 0 : capacity / KEPT_SHARE / members.size();
    untaken = 0;
    for (Member member : members) {
      untaken += member.untaken();
    }
  }

  /** How many share. */
  public synchronized int members() {
    return members.size();
  }

  public long capacity() {
    return capacity;
  }

  /** What all hold, those included that have left. */
  public synchronized long used() {
    return used;
  }

  /** One of those that share. */
  public final class Member {
    private long taken;
    private boolean left;

    private Member() {}

    private long untaken() {
      return left ? 0 : Math.max(0, part - taken);
    }

    /** How much more it may take now; 0 or more. */
    public long room() {
      synchronized (FairShares.this) {
        long free = capacity - used;
        long ofOwnPart = untaken();
        return Math.max(0, Math.min(free, Math.max(ofOwnPart, free - (untaken - ofOwnPart))));
      }
    }

    /** Takes so much, if it may. */
    public boolean tryTake(long amount) {
      synchronized (FairShares.this) {
        if (room() < amount) {
          return false;
        }
        add(amount);
        return true;
      }
    }

    /** Holds so much more than before, whether it may or not; less if negative. */
    public void add(long amount) {
      synchronized (FairShares.this) {
        untaken -= untaken();
        taken += amount;
        used += amount;
        untaken += untaken();
      }
    }

    /** What it holds. */
    public long taken() {
      synchronized (FairShares.this) {
        return taken;
      }
    }

    /** What it would have if all took as much: an even part of everything. */
    public long evenPart() {
      synchronized (FairShares.this) {
        return capacity / Math.max(1, members.size());
      }
    }

    /** Takes nothing any more; what it holds counts until it has been given back. */
    public void leave() {
      synchronized (FairShares.this) {
        left = true;
        members.remove(this);
        divide();
      }
    }
  }
}
