package io.atoll.nfs4.state;

import io.atoll.io.loop.Loop;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import io.atoll.nfs4.state.Locks.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who waits for byte ranges, for each file in the order in which they came (RFC 8881 §9.6). Clients
 * that wait ask again and again; whoever has not done so for a lease is forgotten. Loop-confined.
 *
 * <p>A waiter is not overtaken: what it could have now is kept for it, and what somebody keeps from
 * it is not given to others who came later. Of these only an owner that has a lock already is let
 * past, as otherwise three could wait for each other in a circle: for what this one has, for a
 * turn, and for what the first one has.
 *
 * <p>Clients that take callbacks are told when they may have what they wait for. Whoever does not
 * come soon after that has given up, and its turn is the next one's.
 */
final class BlockedLocks {
  /** Waiters for ranges of one file; further ones come in no order. */
  static final int MAX_PER_FILE = 256;

  /** Waiters in all. */
  static final int MAX_WAITERS = 8192;

  /** What a waiter takes of the heap, without its owner's name. */
  static final int WAITER_BYTES = 192;

  /** Who was told that it may have its lock has so long to come for it. */
  static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often it is looked who has gone. */
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final long leaseNanos;
  private final StateBudget budget;
  private final Map<FileState, List<BlockedLock>> byFile = new LinkedHashMap<>();

  /** Where somebody may have what it waits for, since something became free. */
  private final Set<FileState> changed = new LinkedHashSet<>();

  private Notices notices = (waiter, told) -> {};
  private int count;
  private boolean scheduled;
  private Loop.Timer tick;

  /** Tells clients of their turn. */
  @FunctionalInterface
  interface Notices {

    /**
     * @param told run when the client knows; never if it can't be told
     */
    void tell(BlockedLock waiter, Runnable told);
  }

  BlockedLocks(Loop loop, long leaseNanos, StateBudget budget) {
    this.loop = loop;
    this.leaseNanos = leaseNanos;
    this.budget = budget;
  }

  /** Whom to tell by; nobody is told before. */
  void noticesBy(Notices newNotices) {
    notices = newNotices;
  }

  /** The first of those before {@code owner} that its lock would overtake; null if none. */
  BlockedLock ahead(FileState file, LockOwner owner, Request request) {
    List<BlockedLock> waiters = byFile.isEmpty() ? null : byFile.get(file);
    if (waiters == null) {
      return null;
    }
    long now = loop.monotonicNanos();
    for (BlockedLock waiter : waiters) {
      if (waiter.isOf(owner)) {
        if (waiter.isFor(request.mode(), request.firstByte(), request.lastByte())) {
          return null; // All others came later.
        }
      } else if (waiter.conflictsWith(request.mode(), request.firstByte(), request.lastByte())
          && !waiter.isForgotten(now)
          && (owner.rangeCount() == 0 || isFree(file, waiter))) {
        return waiter;
      }
    }
    return null;
  }

  /** Whether nobody else holds anything that a waiter wants. */
  private static boolean isFree(FileState file, BlockedLock waiter) {
    Range<LockOwner> wanted = waiter.range();
    return file.locks()
            .conflict(waiter.knownOwner(), wanted.mode(), wanted.firstByte(), wanted.lastByte())
        == null;
  }

  /** A blocking lock was denied: its owner gets in line, or has shown that it still is. */
  void denied(OpenState open, LockOwner owner, Request request) {
    BlockedLock waiter = find(open.file(), owner, request);
    if (waiter == null) {
      waiter = add(open, owner, request);
    }
    if (waiter != null) {
      waiter.asked(loop.monotonicNanos() + leaseNanos);
    }
  }

  private BlockedLock find(FileState file, LockOwner owner, Request request) {
    for (BlockedLock waiter : byFile.getOrDefault(file, List.of())) {
      if (waiter.isOf(owner)
          && waiter.isFor(request.mode(), request.firstByte(), request.lastByte())) {
        return waiter;
      }
    }
    return null;
  }

  /** Null if there is no room. */
  private BlockedLock add(OpenState open, LockOwner owner, Request request) {
    int bytes = bytesOf(owner);
    ClientRecord client = owner.client();
    int waiting = byFile.getOrDefault(open.file(), List.of()).size();
    if (count >= MAX_WAITERS
        || waiting >= MAX_PER_FILE
        || !budget.hasRoomOf(client, bytes)
        || !budget.hasRoom(bytes)) {
      return null;
    }
    BlockedLock waiter =
        new BlockedLock(
            open,
            new Range<>(owner, request.mode(), request.firstByte(), request.lastByte()),
            request.view());
    byFile.computeIfAbsent(open.file(), file -> new ArrayList<>()).add(waiter);
    budget.charge(client, bytes);
    count++;
    if (tick == null) {
      tick = loop.schedule(TICK_NANOS, this::tick);
    }
    return waiter;
  }

  private static int bytesOf(LockOwner owner) {
    return WAITER_BYTES + owner.id().bytes().length;
  }

  /** An owner has got what it may have waited for. */
  void granted(FileState file, LockOwner owner, Request request) {
    if (!byFile.isEmpty()) {
      BlockedLock waiter = find(file, owner, request);
      if (waiter != null) {
        remove(file, byFile.get(file).indexOf(waiter));
      }
    }
  }

  /** An open is closed, and so nothing can be waited for under it. */
  void closed(OpenState open) {
    removeOf(open.file(), open);
  }

  private void removeOf(FileState file, OpenState open) {
    List<BlockedLock> waiters = byFile.getOrDefault(file, List.of());
    for (int i = waiters.size() - 1; i >= 0; i--) {
      if (waiters.get(i).open() == open) {
        remove(file, i);
      }
    }
  }

  private void remove(FileState file, int index) {
    List<BlockedLock> waiters = byFile.get(file);
    LockOwner owner = waiters.remove(index).range().owner();
    budget.charge(owner.client(), -bytesOf(owner));
    count--;
    if (waiters.isEmpty()) {
      byFile.remove(file);
      changed.remove(file);
    } else {
      freed(file);
    }
  }

  /** Something that was locked on a file is so no more, or somebody has left the line. */
  void freed(FileState file) {
    if (!byFile.isEmpty() && byFile.containsKey(file)) {
      changed.add(file);
      if (!scheduled) {
        scheduled = true;
        loop.execute(this::tellThoseInTurn);
      }
    }
  }

  private void tellThoseInTurn() {
    scheduled = false;
    List<FileState> files = List.copyOf(changed);
    changed.clear();
    files.forEach(this::tellThoseInTurn);
  }

  private void tellThoseInTurn(FileState file) {
    for (BlockedLock waiter : List.copyOf(byFile.getOrDefault(file, List.of()))) {
      if (!waiter.isNotified() && isFree(file, waiter) && isFirst(file, waiter)) {
        waiter.notifying();
        notices.tell(waiter, () -> waiter.told(loop.monotonicNanos() + TURN_NANOS));
      }
    }
  }

  private boolean isFirst(FileState file, BlockedLock waiter) {
    Range<LockOwner> wanted = waiter.range();
    Request request = new Request(wanted.mode(), false, wanted.firstByte(), wanted.lastByte());
    LockOwner known = waiter.knownOwner();
    return ahead(file, known == null ? wanted.owner() : known, request) == null;
  }

  private void tick() {
    tick = null;
    long now = loop.monotonicNanos();
    for (FileState file : List.copyOf(byFile.keySet())) {
      List<BlockedLock> waiters = byFile.get(file);
      for (int i = waiters.size() - 1; i >= 0; i--) {
        if (waiters.get(i).isForgotten(now)) {
          remove(file, i);
        }
      }
    }
    if (count > 0) {
      tick = loop.schedule(TICK_NANOS, this::tick);
    }
  }

  /** How many wait. */
  int count() {
    return count;
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
      tick = null;
    }
  }
}
