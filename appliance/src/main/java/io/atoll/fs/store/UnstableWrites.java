package io.atoll.fs.store;

import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Lets unstable writes be answered before they are durable (RFC 8881, section 18.32). A crash may
 * take such a write back, which its client learns from the write verifier; but whoever has seen the
 * file's change attribute must never see the same one again with other content. So the map holds a
 * bound above all that unstable writes give out, and recovery moves the attribute there.
 *
 * <p>The write that reserves is itself durable: the answers to those after it wait for its record,
 * which is the inode's last one that is not unstable. A reservation is given up by a record that
 * deletes it, when it has not been used for a while or another inode needs its place; as records
 * become durable in order, that record says that the writes before it are durable, too.
 *
 * <p>An inode that has a reservation is pinned. Loop-confined.
 */
class UnstableWrites {
  static final int VERSION = 1;
  static final int VALUE_BYTES = 16;

  private static final int BOUND = 8;
  private static final int PAGE = 64;

  private final Store store;
  private final ReservedInodes reserved = new ReservedInodes();
  private Loop.Timer sweep;
  private boolean closed;

  UnstableWrites(Store store) {
    this.store = store;
  }

  /**
   * Whether the write of {@code inode} that {@code change} is to describe may be answered before it
   * is durable. If not, {@code change} reserves, so that the ones after it may.
   */
  boolean admits(Inode inode, Change change) {
    inode.lastUnstableNanos = store.loop.monotonicNanos();
    if (inode.changeBound != 0) {
      reserved.used(inode);
    }
    if (inode.change + 1 < inode.changeBound) {
      return true;
    }
    reserve(inode, change);
    return false;
  }

  /** Adds to {@code call} that all writes of {@code inode} are durable. */
  void commit(FsCall call, Inode inode) {
    call.dependsOn(inode.lastUnstableSequence);
  }

  protected final void reserve(Inode inode, Change change) {
    if (inode.changeBound == 0) {
      if (reserved.size() == StoreLimits.MAX_RESERVED_INODES) {
        giveUp(reserved.leastRecentlyUsed(), change);
      }
      inode.pins++;
      reserved.add(inode);
      sweepLater();
    }
    inode.changeBound = inode.change + StoreLimits.RESERVED_CHANGES;
    change.put(Keys.changeBound(inode.number), encode(inode.changeBound));
  }

  /** Says in {@code change} that an inode which goes has no reservation any more, if it had one. */
  void removed(Inode inode, Change change) {
    if (inode.changeBound != 0) {
      giveUp(inode, change);
    }
  }

  /** Gives all reservations up: before an orderly end, after which no attribute needs to move. */
  void close() {
    closed = true;
    if (sweep != null) {
      sweep.cancel();
    }
    if (reserved.size() > 0 && !store.isInDoubt()) {
      Change change = store.change();
      while (reserved.size() > 0) {
        giveUp(reserved.leastRecentlyUsed(), change);
      }
      change.appendLazily(null);
    }
  }

  /** How many inodes have one. */
  int reservations() {
    return reserved.size();
  }

  // --- giving up ---

  private void giveUp(Inode inode, Change change) {
    reserved.remove(inode);
    inode.changeBound = 0;
    change.delete(Keys.changeBound(inode.number));
    store.inodes.unpin(inode);
  }

  private void sweepLater() {
    if (sweep == null && !closed && reserved.size() > 0) {
      sweep = store.loop.schedule(StoreLimits.RESERVATION_IDLE_NANOS, this::sweep);
    }
  }

  private void sweep() {
    store.whenRoom(status -> {
      sweep = null;
      if (status == FsStatus.OK && !closed) {
        try {
          giveUpIdle();
        } catch (RuntimeException e) {
          store.defect("giving up reservations of change attributes", e);
        }
        sweepLater();
      }
    });
  }

  private void giveUpIdle() {
    long now = store.loop.monotonicNanos();
    Change change = null;
    while (reserved.size() > 0
        && now - reserved.leastRecentlyUsed().lastUnstableNanos
            >= StoreLimits.RESERVATION_IDLE_NANOS) {
      change = change == null ? store.change() : change;
      giveUp(reserved.leastRecentlyUsed(), change);
    }
    if (change != null) {
      change.appendLazily(null);
    }
  }

  // --- recovery ---

  /** Moves the change attribute of every inode that a crash left with a reservation. */
  void recover(Consumer<FsStatus> then) {
    recoverFrom(new byte[] {Keys.CHANGE_BOUND}, then);
  }

  private void recoverFrom(byte[] from, Consumer<FsStatus> then) {
    store.scan(
        from,
        new byte[] {Keys.CHANGE_BOUND + 1},
        PAGE,
        entries -> {
          if (entries.isEmpty()) {
            then.accept(FsStatus.OK);
          } else {
            recoverNext(entries.iterator(), then);
          }
        },
        then);
  }

  private void recoverNext(Iterator<Volume.Entry> entries, Consumer<FsStatus> then) {
    Volume.Entry entry = entries.next();
    long number = Keys.inodeOf(entry.key());
    store.inodes.pin(
        number,
        0,
        null,
        (status, inode) -> {
          if (status != FsStatus.OK) {
            then.accept(status);
            return;
          }
          try {
            recover(entry, inode);
          } catch (RuntimeException e) {
            then.accept(store.defect("moving the change attribute of inode " + number, e));
            return;
          }
          if (entries.hasNext()) {
            recoverNext(entries, then);
          } else {
            store.loop.execute(() -> recoverFrom(Keys.after(entry.key()), then));
          }
        });
  }

  /**
   * @param inode pinned; null if it is gone, and its reservation is left over
   */
  private void recover(Volume.Entry reservation, Inode inode) {
    long bound = decode(Keys.inodeOf(reservation.key()), reservation.value());
    Change change = store.change().delete(reservation.key());
    if (inode != null) {
      inode.change = Math.max(inode.change, bound);
      change.inode(inode);
    }
    change.append(null);
    if (inode != null) {
      store.inodes.unpin(inode);
    }
  }

  private static byte[] encode(long bound) {
    byte[] value = new byte[VALUE_BYTES];
    value[0] = VERSION;
    BigEndian.putLong(value, BOUND, bound);
    return value;
  }

  private static long decode(long inode, byte[] value) {
    CorruptValueException.check(
        "reservation of change attributes of inode " + inode, value, VALUE_BYTES, VERSION);
    return BigEndian.getLong(value, BOUND);
  }
}
