package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the chunks of objects that are gone, some objects at a time, each by bounded records. Its
 * queue is the map itself ({@link Keys#ORPHAN_REAPED}), so it has no bound and outlives a crash.
 * The latest objects are remembered besides, since looking for them steps over all that were freed
 * before; for the same reason an object's chunks are asked for from where the last record ended. An
 * object that can't be freed is passed over and tried again later, so that it holds up no other.
 */
final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final byte[] QUEUE_END = {Keys.ORPHAN, Keys.ORPHAN_REAPED + 1};
  private static final long NONE = Long.MAX_VALUE;

  private final Store store;

  /** What is being freed; nobody else has it. */
  private final List<Victim> victims = new ArrayList<>();

  /** What is to be freed, as far as it is remembered; in order. */
  private final Set<Long> remembered = new LinkedHashSet<>();

  private int loading;
  private boolean running;

  /** The map is searched from this object on, when nothing is remembered; NONE if it is not. */
  private long position = NONE;

  /** The first of the objects that came while the map was searched, and are not remembered. */
  private long woken = NONE;

  /** The first of the objects passed over. */
  private long passedOver = NONE;

  Reaper(Store store) {
    this.store = store;
  }

  /** An object to be freed, and the next of its chunks; null if they can't be read. */
  private static final class Victim {
    final long inode;
    long firstChunk;
    List<Volume.Entry> chunks;

    Victim(long inode) {
      this.inode = inode;
    }
  }

  /** There will be an object to free at the end of this step. */
  void wake(long inode) {
    if (remembered.size() < StoreLimits.MAX_REMEMBERED_REMOVALS) {
      remembered.add(inode);
      run();
    } else {
      wakeFrom(inode);
    }
  }

  /** There is, or will be at the end of this step, something to free, from {@code inode} on. */
  void wakeFrom(long inode) {
    woken = Math.min(woken, inode);
    run();
  }

  private void run() {
    if (!running) {
      running = true;
      store.loop.execute(this::next);
    }
  }

  /** Whether it frees nothing; what it passed over does not count. */
  boolean isIdle() {
    return !running;
  }

  private void next() {
    store.whenRoom(status -> {
      if (status != FsStatus.OK) {
        failed(status);
        return;
      }
      Iterator<Long> more = remembered.iterator();
      while (victims.size() < StoreLimits.RECLAIM_STEP_FILES && more.hasNext()) {
        victims.add(new Victim(more.next()));
        more.remove();
      }
      if (!victims.isEmpty()) {
        load();
      } else {
        search();
      }
    });
  }

  private void search() {
    if (position == NONE) {
      position = woken;
      woken = NONE;
    }
    if (position == NONE) {
      ended();
      return;
    }
    store.scan(
        Keys.orphan(Keys.ORPHAN_REAPED, position),
        QUEUE_END,
        StoreLimits.RECLAIM_STEP_FILES,
        this::found,
        this::failed);
  }

  private void found(List<Volume.Entry> entries) {
    position = NONE;
    for (Volume.Entry entry : entries) {
      long inode = BigEndian.getLong(entry.key(), Keys.ORPHAN_INODE_AT);
      victims.add(new Victim(inode));
      remembered.remove(inode);
      position = inode + 1;
    }
    store.loop.execute(this::next);
  }

  private void load() {
    // One more than the objects, so that those that come at once don't end the loading too early.
    loading = victims.size() + 1;
    for (Victim victim : victims) {
      victim.chunks = null;
      store.scan(
          Keys.chunk(victim.inode, victim.firstChunk),
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
      victims.removeIf(victim -> victim.chunks == null ? passOver(victim.inode) : free(victim));
    } catch (RuntimeException e) {
      failed(store.defect("freeing removed files", e));
      return;
    }
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
    } else {
      victim.firstChunk = Keys.chunkOf(victim.chunks.getLast().key()) + 1;
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

  private boolean passOver(long inode) {
    LOG.error("The chunks of removed inode {} can't be read; trying again in a minute", inode);
    passedOver = Math.min(passedOver, inode);
    return true;
  }

  private void ended() {
    running = false;
    if (passedOver != NONE) {
      retryFrom(passedOver);
      passedOver = NONE;
    }
  }

  private void failed(FsStatus status) {
    running = false;
    long first = Math.min(Math.min(position, woken), passedOver);
    for (Victim victim : victims) {
      first = Math.min(first, victim.inode);
    }
    victims.clear();
    position = NONE;
    if (status == FsStatus.FENCED) {
      return;
    }
    LOG.error("Removed files could not be freed ({}); trying again in a minute", status);
    if (first != NONE) {
      retryFrom(first);
    } else {
      store.loop.schedule(RETRY_NANOS, this::run);
    }
  }

  private void retryFrom(long inode) {
    store.loop.schedule(RETRY_NANOS, () -> wakeFrom(inode));
  }
}
