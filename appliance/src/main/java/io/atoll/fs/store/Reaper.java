package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the chunks of objects that are gone, some objects at a time, each by a bounded record. Its
 * queue is the map itself ({@link Keys#ORPHAN_REAPED}), so it has no bound and outlives a crash. An
 * object that can't be freed is passed over and tried again later, so that it holds up no other.
 */
final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final byte[] QUEUE_END = {Keys.ORPHAN, Keys.ORPHAN_REAPED + 1};
  private static final long NONE = Long.MAX_VALUE;

  private final Store store;
  private final List<Victim> victims = new ArrayList<>();
  private int loading;
  private boolean running;

  /** Objects before this one have been seen to; their keys are not looked at again. */
  private long position;

  /** The first of the objects that came while others were being freed. */
  private long woken = NONE;

  /** The first of the objects passed over. */
  private long passedOver = NONE;

  Reaper(Store store) {
    this.store = store;
  }

  /** An object to be freed, and the next of its chunks; null if they can't be read. */
  private static final class Victim {
    final long inode;
    List<Volume.Entry> chunks;

    Victim(long inode) {
      this.inode = inode;
    }
  }

  /** There is, or will be at the end of this step, something to free, from {@code inode} on. */
  void wake(long inode) {
    woken = Math.min(woken, inode);
    if (!running) {
      running = true;
      store.loop.execute(this::begin);
    }
  }

  /** Whether it frees nothing; what it passed over does not count. */
  boolean isIdle() {
    return !running;
  }

  private void begin() {
    position = woken;
    woken = NONE;
    next();
  }

  private void next() {
    store.whenRoom(status -> {
      if (status != FsStatus.OK) {
        failed(status);
        return;
      }
      store.scan(
          Keys.orphan(Keys.ORPHAN_REAPED, position),
          QUEUE_END,
          StoreLimits.RECLAIM_STEP_FILES,
          this::found,
          this::failed);
    });
  }

  private void found(List<Volume.Entry> entries) {
    if (entries.isEmpty()) {
      ended();
      return;
    }
    victims.clear();
    for (Volume.Entry entry : entries) {
      victims.add(new Victim(BigEndian.getLong(entry.key(), Keys.ORPHAN_INODE_AT)));
    }
    // One more than the objects, so that those that come at once don't end the loading too early.
    loading = victims.size() + 1;
    for (Victim victim : victims) {
      store.scan(
          Keys.chunk(victim.inode, 0),
          Keys.chunk(victim.inode, Long.MAX_VALUE),
          StoreLimits.RECLAIM_STEP_CHUNKS,
          chunks -> {
            victim.chunks = chunks;
            loaded();
          },
          status -> loaded());
    }
    loaded();
  }

  private void loaded() {
    if (--loading > 0) {
      return;
    }
    try {
      freeAll();
    } catch (RuntimeException e) {
      failed(store.defect("freeing removed files", e));
    }
  }

  private void freeAll() {
    long unfinished = NONE;
    for (Victim victim : victims) {
      if (victim.chunks == null) {
        passOver(victim.inode);
      } else if (!free(victim)) {
        unfinished = Math.min(unfinished, victim.inode);
      }
    }
    position = unfinished == NONE ? victims.getLast().inode + 1 : unfinished;
    store.loop.execute(this::next);
  }

  /** Frees the chunks that were found, in one record. Says whether these were all. */
  private boolean free(Victim victim) {
    Change change = store.change();
    for (Volume.Entry entry : victim.chunks) {
      freeChunk(change, victim.inode, entry);
    }
    boolean last = victim.chunks.size() < StoreLimits.RECLAIM_STEP_CHUNKS;
    if (last) {
      change.delete(Keys.inode(victim.inode)).delete(Keys.small(victim.inode));
      change.delete(Keys.orphan(Keys.ORPHAN_REAPED, victim.inode));
      store.numbers.removed(change);
    }
    change.append(null);
    return last;
  }

  private static void freeChunk(Change change, long inode, Volume.Entry entry) {
    long chunk = Keys.chunkOf(entry.key());
    try {
      new ChunkMapCodec().decode(inode, chunk, null, entry.value()).cut(0, change.freed());
    } catch (CorruptValueException e) {
      LOG.error("Blocks of a removed file are lost until the volume is checked: {}", e.toString());
    }
    change.delete(entry.key());
  }

  private void passOver(long inode) {
    LOG.error("The chunks of removed inode {} can't be read; trying again in a minute", inode);
    passedOver = Math.min(passedOver, inode);
  }

  private void ended() {
    if (woken != NONE) {
      store.loop.execute(this::begin);
      return;
    }
    running = false;
    if (passedOver != NONE) {
      retryFrom(passedOver);
      passedOver = NONE;
    }
  }

  private void failed(FsStatus status) {
    running = false;
    if (status != FsStatus.FENCED) {
      LOG.error("Removed files could not be freed ({}); trying again in a minute", status);
      retryFrom(Math.min(position, passedOver));
    }
  }

  private void retryFrom(long inode) {
    store.loop.schedule(RETRY_NANOS, () -> wake(inode));
  }
}
