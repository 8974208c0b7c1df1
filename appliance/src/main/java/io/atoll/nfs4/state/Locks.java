package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import io.atoll.nfs4.state.LapsedClients.Holding;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Byte-range locks and their stateids (RFC 8881 §9.1 to §9.6, §18.10 to §18.12). Advisory. Each
 * method is one synchronous act. Loop-confined.
 *
 * <p>Who is denied a blocking lock, and asks again within a lease, is not overtaken by who comes
 * later: see {@link BlockedLocks}.
 */
public final class Locks {
  /** A file's ranges may become that many times as many by unlocking as by locking. */
  private static final int HEADROOM_FACTOR = 2;

  /** What one lock makes at most: itself, and one cut in two. */
  private static final int MAX_RANGES_ADDED = 2;

  private final StateLimits limits;
  private final StateBudget budget;
  private final StateidTable stateids;
  private final FileTable files;
  private final Consumer<ClientRecord> endCourtesy;
  private final Predicate<Holding> makeRoom;
  private final BlockedLocks blocked;
  private int stateCount;
  private int rangeCount;

  /**
   * @param endCourtesy discards a lapsed client that is in another's way
   * @param makeRoom takes away state that nobody needs, or that of the client which lapsed longest
   *     ago of those with what is wanted; false if there is none
   * @param blocked who waits for what is locked
   */
  Locks(
      StateLimits limits,
      StateBudget budget,
      StateidTable stateids,
      FileTable files,
      Consumer<ClientRecord> endCourtesy,
      Predicate<Holding> makeRoom,
      BlockedLocks blocked) {
    this.blocked = blocked;
    this.limits = limits;
    this.budget = budget;
    this.stateids = stateids;
    this.files = files;
    this.endCourtesy = endCourtesy;
    this.makeRoom = makeRoom;
  }

  /**
   * @param mode SHARED or EXCLUSIVE
   * @param reclaim a conflict is RECLAIM_CONFLICT, not DENIED
   * @param firstByte unsigned
   * @param lastByte unsigned, inclusive
   * @param blocking READW_LT or WRITEW_LT: if it is denied, it will be asked for again
   * @param view of which the client has the file's handle: for who tells it that it may have it
   */
  public record Request(
      Mode mode, boolean reclaim, long firstByte, long lastByte, boolean blocking, long view) {

    /** One that does not block. */
    public Request(Mode mode, boolean reclaim, long firstByte, long lastByte) {
      this(mode, reclaim, firstByte, lastByte, false, 0);
    }
  }

  /**
   * @param stateid null unless {@code status} is OK
   * @param conflict null unless {@code status} is DENIED
   */
  public record Outcome(Nfs4Status status, Stateid stateid, Range<LockOwner> conflict) {
    static Outcome failed(Nfs4Status status) {
      return new Outcome(status, null, null);
    }
  }

  /** LOCK by an owner that has no lock stateid for this open yet (open_to_lock_owner4). */
  public Outcome lock(
      ClientRecord client, Object file, Stateid openStateid, OwnerId owner, Request request) {
    Nfs4Status status = stateids.verify(client, openStateid, file);
    if (!status.isOk()) {
      return Outcome.failed(status);
    }
    if (!(stateids.find(openStateid) instanceof OpenState open)) {
      return Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    LockOwner known = client.lockOwners().get(owner);
    return lock(open, known == null ? new LockOwner(client, owner) : known, request);
  }

  /** LOCK by an owner's lock stateid (exist_lock_owner4). */
  public Outcome lock(ClientRecord client, Object file, Stateid lockStateid, Request request) {
    Nfs4Status status = stateids.verify(client, lockStateid, file);
    if (!status.isOk()) {
      return Outcome.failed(status);
    }
    if (!(stateids.find(lockStateid) instanceof LockState lock)) {
      return Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    return lock(lock.open(), lock.owner(), request);
  }

  private Outcome lock(OpenState open, LockOwner owner, Request request) {
    int needed =
        request.mode() == Mode.EXCLUSIVE ? ShareReservations.WRITE : ShareReservations.READ;
    if ((open.access() & needed) == 0) {
      return Outcome.failed(Nfs4Status.OPENMODE);
    }
    Range<LockOwner> conflict =
        conflict(
            open.file(),
            owner.client(),
            owner,
            request.mode(),
            request.firstByte(),
            request.lastByte());
    if (conflict == null && !request.reclaim()) {
      BlockedLock ahead = blocked.ahead(open.file(), owner, request);
      conflict = ahead == null ? null : ahead.range();
    }
    if (conflict == null) {
      return grant(open, owner, request);
    }
    if (request.reclaim()) {
      return Outcome.failed(Nfs4Status.RECLAIM_CONFLICT);
    }
    if (request.blocking()) {
      blocked.denied(open, owner, request);
    }
    return new Outcome(Nfs4Status.DENIED, null, conflict);
  }

  /**
   * The first conflicting range once lapsed clients that are in the way have been ended, and what a
   * discarded one still had there is gone.
   */
  private Range<LockOwner> conflict(
      FileState file, ClientRecord client, LockOwner owner, Mode mode, long first, long last) {
    while (true) {
      Range<LockOwner> found = file.locks().conflict(owner, mode, first, last);
      if (found == null) {
        return null;
      }
      ClientRecord holder = found.owner().client();
      if (holder != client && holder.phase() == ClientRecord.Phase.LAPSED) {
        endCourtesy.accept(holder);
      }
      if (holder.isLive()) {
        return found;
      }
      removeRanges(file, found.owner());
    }
  }

  private Outcome grant(OpenState open, LockOwner owner, Request request) {
    ClientRecord client = owner.client();
    LockState lock = open.lockStates().get(owner);
    boolean isNew = lock == null;
    if (isNew && !hasRoomForState(owner)) {
      return Outcome.failed(Nfs4Status.DQUOT);
    }
    if (!change(open.file(), owner, request.mode(), request.firstByte(), request.lastByte())) {
      return Outcome.failed(Nfs4Status.DQUOT);
    }
    if (isNew) {
      lock = stateids.newLock(open, owner);
      open.lockStates().put(owner, lock);
      owner.add(lock);
      client.lockOwners().put(owner.id(), owner);
      countStates(owner, 1);
    }
    blocked.granted(open.file(), owner, request);
    blocked.freed(open.file()); // A part may have been downgraded.
    return new Outcome(Nfs4Status.OK, lock.advance(), null);
  }

  private boolean hasRoomForState(LockOwner owner) {
    ClientRecord client = owner.client();
    int bytes = StateBudget.lockStateBytes(owner.id());
    if (client.lockStateCount() >= limits.maxLocksPerClient() || !budget.hasRoomOf(client, bytes)) {
      return false;
    }
    while (stateCount >= limits.maxLocks()) {
      if (!makeRoom.test(Holding.LOCKS)) {
        return false;
      }
    }
    return makeBytes(bytes);
  }

  private boolean makeBytes(int bytes) {
    while (!budget.hasRoom(bytes)) {
      if (!makeRoom.test(Holding.ANYTHING)) {
        return false;
      }
    }
    return true;
  }

  /** How many more ranges a client may have, as far as that matters to one lock. */
  private int roomForRanges(ClientRecord client) {
    int bytes = MAX_RANGES_ADDED * StateBudget.RANGE_BYTES;
    int roomOfClient = limits.maxLocksPerClient() - client.lockRangeCount();
    if (roomOfClient <= 0 || !budget.hasRoomOf(client, bytes) || !makeBytes(bytes)) {
      return 0;
    }
    int wanted = Math.min(MAX_RANGES_ADDED, roomOfClient);
    while (limits.maxLocks() - rangeCount < wanted && makeRoom.test(Holding.LOCKS)) {
      // one after the other
    }
    return Math.min(roomOfClient, limits.maxLocks() - rangeCount);
  }

  private void countStates(LockOwner owner, int difference) {
    owner.client().addLockStates(difference);
    stateCount += difference;
    budget.charge(owner.client(), (long) difference * StateBudget.lockStateBytes(owner.id()));
  }

  /** Applies a change within the bounds; false if it would cross one. */
  private boolean change(FileState file, LockOwner owner, Mode mode, long first, long last) {
    ClientRecord client = owner.client();
    ByteRangeLockSet<LockOwner> set = file.locks();
    int room = roomForRanges(client); // may take ranges of this very file away
    int before = set.size();
    int bound = Math.min(limits.maxLocksPerFile(), before + room);
    if (!set.apply(owner, mode, first, last, bound)) {
      return false;
    }
    countRanges(owner, set.size() - before);
    return true;
  }

  /**
   * Unlocks whatever the bounds on locks say: to cut a hole into a range makes one more. Only who
   * has cut as many holes into a file as there may be locks on it is refused another.
   */
  private boolean unlockRange(FileState file, LockOwner owner, long first, long last) {
    ByteRangeLockSet<LockOwner> set = file.locks();
    int before = set.size();
    int bound = limits.maxLocksPerFile() * HEADROOM_FACTOR;
    if (!set.apply(owner, Mode.UNLOCKED, first, last, bound)) {
      return false;
    }
    countRanges(owner, set.size() - before);
    blocked.freed(file);
    return true;
  }

  private void countRanges(LockOwner owner, int difference) {
    ClientRecord client = owner.client();
    owner.addRanges(difference);
    client.addLockRanges(difference);
    rangeCount += difference;
    budget.charge(client, (long) difference * StateBudget.RANGE_BYTES);
  }

  /** Whether {@code key} is open, and so known to be a regular file. */
  public boolean isOfOpenFile(Object key) {
    FileState file = files.find(key);
    return file != null && !file.opens().isEmpty();
  }

  /**
   * LOCKT (§18.11): the range in the way, or null.
   *
   * @param owner who would lock; need not be known
   */
  public Range<LockOwner> test(
      ClientRecord client, Object key, OwnerId owner, Mode mode, long firstByte, long lastByte) {
    FileState file = files.find(key);
    if (file == null) {
      return null;
    }
    return conflict(file, client, client.lockOwners().get(owner), mode, firstByte, lastByte);
  }

  /** LOCKU (§18.12). DQUOT if a split would cross the bound on ranges. */
  public Outcome unlock(
      ClientRecord client, Object file, Stateid lockStateid, long firstByte, long lastByte) {
    Nfs4Status status = stateids.verify(client, lockStateid, file);
    if (!status.isOk()) {
      return Outcome.failed(status);
    }
    if (!(stateids.find(lockStateid) instanceof LockState lock)) {
      return Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    if (!unlockRange(lock.file(), lock.owner(), firstByte, lastByte)) {
      return Outcome.failed(Nfs4Status.DQUOT);
    }
    return new Outcome(Nfs4Status.OK, lock.advance(), null);
  }

  /** Byte ranges of all clients. */
  public int rangeCount() {
    return rangeCount;
  }

  /** An open is closed. */
  void closed(OpenState open) {
    blocked.closed(open);
  }

  /** Whether the owner holds ranges on the file of its stateid. */
  boolean holdsRanges(LockState lock) {
    return lock.file().locks().holds(lock.owner());
  }

  /**
   * Ends a lock stateid. The owner's ranges on the file go with the last of its stateids there: the
   * set does not tell under which open a range was got, and to keep one too long is safe.
   */
  void remove(LockState lock) {
    LockOwner owner = lock.owner();
    ClientRecord client = owner.client();
    stateids.remove(lock);
    lock.open().lockStates().remove(owner);
    owner.remove(lock);
    countStates(owner, -1);
    if (!owner.hasStateOn(lock.file())) {
      removeRanges(lock.file(), owner);
    }
    if (owner.isIdle()) {
      client.lockOwners().remove(owner.id());
      if (owner.sequence() != null) {
        owner.sequence().release();
      }
    }
  }

  /**
   * RELEASE_LOCKOWNER (RFC 7530 §16.37): ends all lock stateids of an owner that holds no lock.
   *
   * @return LOCKS_HELD if it holds some, and nothing changed
   */
  Nfs4Status release(LockOwner owner) {
    List<FileState> owned = List.copyOf(owner.files());
    for (FileState file : owned) {
      if (file.locks().holds(owner)) {
        return Nfs4Status.LOCKS_HELD;
      }
    }
    for (FileState file : owned) {
      for (OpenState open : List.copyOf(file.opens())) {
        LockState lock = open.lockStates().get(owner);
        if (lock != null) {
          remove(lock);
        }
      }
    }
    return Nfs4Status.OK;
  }

  private void removeRanges(FileState file, LockOwner owner) {
    ByteRangeLockSet<LockOwner> set = file.locks();
    int before = set.size();
    set.removeAll(owner);
    if (set.size() < before) {
      countRanges(owner, set.size() - before);
      blocked.freed(file);
    }
  }
}
