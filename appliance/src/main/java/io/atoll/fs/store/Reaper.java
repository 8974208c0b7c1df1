package io.atoll.fs.store;

import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the chunks of objects that are gone, in bounded records, one object after the other. Its
 * queue is the map itself ({@link Keys#ORPHAN_REAPED}), so it has no bound and outlives a crash.
 */
final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final byte[] QUEUE = {Keys.ORPHAN, Keys.ORPHAN_REAPED};
  private static final byte[] QUEUE_END = {Keys.ORPHAN, Keys.ORPHAN_REAPED + 1};

  private final Store store;
  private boolean running;
  private boolean woken;

  Reaper(Store store) {
    this.store = store;
  }

  /** There is, or will be at the end of this step, something to free. */
  void wake() {
    woken = true;
    if (!running) {
      running = true;
      store.loop.execute(this::next);
    }
  }

  boolean isIdle() {
    return !running;
  }

  private void next() {
    woken = false;
    store.volume.scan(QUEUE, QUEUE_END, 1, this::found);
  }

  private void found(VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      failed(status);
    } else if (!entries.isEmpty()) {
      step(BigEndian.getLong(entries.get(0).key(), Keys.ORPHAN_INODE_AT));
    } else if (woken) {
      store.loop.execute(this::next);
    } else {
      running = false;
    }
  }

  private void step(long inode) {
    store.whenRoom(status ->
        store.volume.scan(
            Keys.chunk(inode, 0),
            Keys.chunk(inode, Long.MAX_VALUE),
            StoreLimits.RECLAIM_STEP_CHUNKS,
            (scanned, entries) -> free(inode, scanned, entries)));
  }

  private void free(long inode, VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      failed(status);
      return;
    }
    Change change = store.change();
    for (Volume.Entry entry : entries) {
      freeChunk(change, inode, entry);
    }
    boolean last = entries.size() < StoreLimits.RECLAIM_STEP_CHUNKS;
    if (last) {
      change.delete(Keys.inode(inode)).delete(Keys.small(inode));
      change.delete(Keys.orphan(Keys.ORPHAN_REAPED, inode));
      store.numbers.removed(change);
    }
    change.append(null);
    store.loop.execute(last ? this::next : () -> step(inode));
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

  private void failed(VolumeStatus status) {
    if (status == VolumeStatus.FENCED) {
      running = false;
      return;
    }
    LOG.error("Removed files could not be freed ({}); trying again in a second", status);
    store.loop.schedule(RETRY_NANOS, this::next);
  }
}
