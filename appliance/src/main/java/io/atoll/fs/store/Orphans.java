package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that have lost their last name. One that is held, or that someone from before the restart
 * may still hold, stays until it no longer is; then it is gone, and a {@link Reaper} frees its
 * chunks behind the answer, unless they are so few that the same record does.
 */
class Orphans {
  static final int VERSION = 1;
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final int PAGE = 64;
  private static final byte[] HELD_BEGIN = {Keys.ORPHAN, Keys.ORPHAN_HELD};
  private static final byte[] HELD_END = {Keys.ORPHAN, Keys.ORPHAN_HELD + 1};

  /** After a failure; twice as long after each further one in a row. */
  static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  static final long LONGEST_RETRY_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Store store;
  private final Reaper reaper;
  private boolean graceEnded;
  private long retryNanos = FIRST_RETRY_NANOS;

  /** The first one whose inode could not be read while they were listed; null if all could be. */
  private byte[] passedOver;

  Orphans(Store store) {
    this.store = store;
    reaper = new Reaper(store);
  }

  /** Frees what was being freed when the file system was last closed or crashed. */
  void resume() {
    reaper.wakeFrom(0);
  }

  /** A marker's value: nothing but its version yet. */
  static byte[] marker() {
    byte[] value = new byte[8];
    value[0] = VERSION;
    return value;
  }

  /** Whether removing the last name needs the file's only chunk, to free it in the same record. */
  static boolean wantsOnlyChunk(Inode inode) {
    return inode.isRegular()
        && inode.links == 1
        && inode.usedBlocks > 0
        && inode.sizeBytes <= ChunkMap.CHUNK_BYTES;
  }

  /**
   * Says in {@code change} what becomes of an object without a name.
   *
   * @param onlyChunk the file's first chunk, if {@link #wantsOnlyChunk}; else null
   */
  void lastNameRemoved(Change change, Inode inode, ChunkMap onlyChunk) {
    if (mayBeHeld(inode)) {
      change.put(Keys.orphan(Keys.ORPHAN_HELD, inode.number), marker()).inode(inode);
    } else if (onlyChunk != null && onlyChunk.mapped() == inode.usedBlocks) {
      onlyChunk.cut(0, change.freed());
      change.chunk(onlyChunk).removedInode(inode);
    } else {
      bury(change, inode);
    }
  }

  /** Whether an object goes with the name that it still has. */
  boolean endsAtOnce(Inode inode) {
    return inode.isDirectory() || (inode.links == 1 && inode.holds == 0 && graceEnded);
  }

  /** Whether someone holds it, or may from before the restart. */
  boolean mayBeHeld(Inode inode) {
    return inode.holds > 0 || !graceEnded;
  }

  void hold(Inode inode) {
    inode.holds++;
    inode.pins++;
  }

  /** Undoes one {@link #hold}. */
  void release(FileHandle handle) {
    Inode inode = store.inodes.peek(handle.inode(), 0, null);
    if (inode == null) {
      return; // a directory that was removed meanwhile
    }
    if (inode.generation != handle.generation() || inode.holds == 0) {
      throw new IllegalStateException(handle + " is released but not held");
    }
    inode.holds--;
    buryIfAbandoned(inode);
    store.inodes.unpin(inode);
  }

  void graceEnded() {
    if (!graceEnded) {
      graceEnded = true;
      buryNext(HELD_BEGIN);
    }
  }

  /** A page, when the volume has room for its records: there may be any number of them. */
  private void buryNext(byte[] from) {
    store.whenRoom(status -> {
      if (status != FsStatus.OK) {
        notListed(from, status);
        return;
      }
      store.scan(
          from,
          HELD_END,
          PAGE,
          entries -> buryAll(from, entries.iterator(), entries.size() == PAGE),
          failure -> notListed(from, failure));
    });
  }

  private void notListed(byte[] from, FsStatus status) {
    if (status != FsStatus.FENCED) { // by a stop, or by what has been told
      LOG.error(
          "Objects without a name could not be listed ({}); trying again in {} s",
          status,
          TimeUnit.NANOSECONDS.toSeconds(retryNanos));
      retryFrom(passedOver == null ? from : passedOver);
    }
  }

  private void retryFrom(byte[] key) {
    passedOver = null;
    store.loop.schedule(retryNanos, () -> buryNext(key));
    retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
  }

  /**
   * @param at where these entries begin
   */
  private void buryAll(byte[] at, Iterator<Volume.Entry> entries, boolean more) {
    if (!entries.hasNext()) {
      listed(at, more);
      return;
    }
    byte[] key = entries.next().key();
    long number = BigEndian.getLong(key, Keys.ORPHAN_INODE_AT);
    store.inodes.pin(
        number,
        0,
        null,
        (status, inode) -> {
          if (status == FsStatus.OK && inode != null) {
            buryIfAbandoned(inode);
            store.inodes.unpin(inode);
          } else if (status != FsStatus.OK && status != FsStatus.FENCED && passedOver == null) {
            LOG.error("Inode {}, which has no name, can't be read ({})", number, status);
            passedOver = key;
          }
          buryAll(Keys.after(key), entries, more);
        });
  }

  private void listed(byte[] next, boolean more) {
    if (more) {
      store.loop.execute(() -> buryNext(next));
    } else if (passedOver != null) {
      retryFrom(passedOver);
    } else {
      retryNanos = FIRST_RETRY_NANOS;
    }
  }

  private void buryIfAbandoned(Inode inode) {
    if (graceEnded && inode.links == 0 && inode.holds == 0 && !inode.gone && !inode.isDirectory()) {
      Change change = store.change().delete(Keys.orphan(Keys.ORPHAN_HELD, inode.number));
      bury(change, inode);
      change.append(null);
    }
  }

  private void bury(Change change, Inode inode) {
    if (inode.usedBlocks == 0) {
      change.removedInode(inode);
      return;
    }
    inode.gone = true;
    change.put(Keys.orphan(Keys.ORPHAN_REAPED, inode.number), marker()).inode(inode);
    reaper.wake(inode.number);
  }

  /** Whether nothing is being freed. */
  boolean isIdle() {
    return reaper.isIdle();
  }
}
