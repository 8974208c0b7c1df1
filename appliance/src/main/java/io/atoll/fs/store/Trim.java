package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One truncation's work behind its answer; see {@link Trims}. */
final class Trim {
  private static final Logger LOG = LoggerFactory.getLogger(Trim.class);

  /** After a failure; twice as long after each further one in a row. */
  static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  static final long LONGEST_RETRY_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** After so many failures in a row nobody is kept waiting any longer. */
  static final int TRIES_UNDER_LOCK = 3;

  /** How often a map that can't be read is asked for before it is given up. */
  private static final int MAP_TRIES = 3;

  private final Store store;
  private final Inode inode;
  private final RangeLock lock;
  private final Trims owner;

  /** What its blocks count for until they are freed; null for none. */
  private QuotaTree countedIn;

  private final List<ChunkMap> maps = new ArrayList<>();
  private final List<byte[]> unreadable = new ArrayList<>();

  /** Chunks before this one are freed. */
  private long nextChunk;

  private List<Volume.Entry> entries = List.of();
  private int loading;
  private int tries;
  private long retryNanos = FIRST_RETRY_NANOS;
  private int failures;
  private boolean isStuck;
  private boolean fenced;

  Trim(Store store, Inode inode, RangeLock lock, long firstChunk, Trims owner) {
    this.store = store;
    this.inode = inode;
    this.lock = lock;
    this.nextChunk = firstChunk;
    this.owner = owner;
    countedIn = store.quotas.trimBegins(inode);
  }

  void step() {
    store.whenRoom(status -> {
      if (status != FsStatus.OK) {
        failed(status);
        return;
      }
      store.scan(
          Keys.chunk(inode.number, nextChunk),
          Keys.chunk(inode.number, Long.MAX_VALUE),
          StoreLimits.RECLAIM_STEP_CHUNKS,
          this::found,
          this::failed);
    });
  }

  private void found(List<Volume.Entry> found) {
    entries = found;
    // One more than the entries, so that maps that come at once don't end the step too early.
    loading = entries.size() + 1;
    for (Volume.Entry entry : entries) {
      byte[] key = entry.key();
      store.chunks.pin(
          inode.number, Keys.chunkOf(key), null, (status, map) -> loaded(key, status, map));
    }
    allLoaded();
  }

  private void loaded(byte[] key, FsStatus status, ChunkMap map) {
    if (map != null) {
      maps.add(map);
    } else if (status == FsStatus.FENCED) {
      fenced = true;
    } else {
      unreadable.add(key);
    }
    allLoaded();
  }

  private void allLoaded() {
    if (--loading > 0) {
      return;
    }
    if (fenced) {
      failed(FsStatus.FENCED);
    } else if (!unreadable.isEmpty() && ++tries < MAP_TRIES) {
      failed(FsStatus.IO_ERROR);
    } else {
      try {
        act();
      } catch (RuntimeException e) {
        failed(store.defect("freeing chunks behind the end of a file", e));
      }
    }
  }

  private void act() {
    boolean last = inode.gone || entries.size() < StoreLimits.RECLAIM_STEP_CHUNKS;
    Change change = store.change();
    if (!inode.gone) {
      for (ChunkMap map : maps) {
        inode.usedBlocks -= map.mapped();
        map.cut(0, change.freed());
        change.chunk(map);
      }
      unreadable.forEach(key -> giveUp(change, key));
      change.inode(inode);
    }
    if (last) {
      change.delete(Keys.orphan(Keys.ORPHAN_TRIMMED, inode.number));
    } else {
      nextChunk = Keys.chunkOf(entries.getLast().key()) + 1;
    }
    change.append(null);
    unpinMaps();
    tries = 0;
    retryNanos = FIRST_RETRY_NANOS;
    failures = 0;
    if (last) {
      end();
    } else {
      store.loop.execute(this::step);
    }
  }

  /** Takes an unreadable map away, so that the file can be written there again. */
  private void giveUp(Change change, byte[] key) {
    LOG.error(
        "The map of chunk {} of inode {}, behind the file's end, can't be read;"
            + " its blocks are lost until the volume is checked",
        Keys.chunkOf(key),
        inode.number);
    change.delete(key);
  }

  private void unpinMaps() {
    maps.forEach(store.chunks::unpin);
    maps.clear();
    unreadable.clear();
  }

  private void failed(FsStatus status) {
    unpinMaps();
    if (status == FsStatus.FENCED) {
      end();
      return;
    }
    failures++;
    if (failures >= TRIES_UNDER_LOCK && !isStuck) {
      letGo();
    }
    LOG.error(
        "Chunks behind the end of inode {} could not be freed ({}); trying again in {} s. {} Look"
            + " at the disk and the log above; 'atoll fsck' says what is damaged",
        inode.number,
        status,
        TimeUnit.NANOSECONDS.toSeconds(retryNanos),
        isStuck ? "Until then, who writes there or changes its length gets an I/O error." : "");
    store.loop.schedule(retryNanos, this::step);
    retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
  }

  /**
   * Gives up the lock, so that those who wait for it, and whoever comes, are refused instead: the
   * blocks stay as they are, as nobody may change them.
   */
  private void letGo() {
    isStuck = true;
    owner.stuck();
    noMoreComing();
    inode.unfreedFromBlock = nextChunk * ChunkMap.CHUNK_BLOCKS;
    inode.locks.release(lock);
  }

  private void noMoreComing() {
    store.quotas.trimEnds(countedIn);
    countedIn = null;
  }

  private void end() {
    owner.ended(isStuck);
    noMoreComing();
    if (isStuck) {
      inode.unfreedFromBlock = RangeLock.END;
    } else {
      inode.locks.release(lock);
    }
    store.inodes.unpin(inode);
  }
}
