package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One truncation's work behind its answer; see {@link Trims}. */
final class Trim {
  private static final Logger LOG = LoggerFactory.getLogger(Trim.class);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Store store;
  private final Inode inode;
  private final RangeLock lock;
  private final long firstChunk;
  private final Runnable onEnd;
  private final List<ChunkMap> maps = new ArrayList<>();
  private int loading;
  private FsStatus loaded;

  Trim(Store store, Inode inode, RangeLock lock, long firstChunk, Runnable onEnd) {
    this.store = store;
    this.inode = inode;
    this.lock = lock;
    this.firstChunk = firstChunk;
    this.onEnd = onEnd;
  }

  void step() {
    store.whenRoom(status ->
        store.volume.scan(
            Keys.chunk(inode.number, firstChunk),
            Keys.chunk(inode.number, Long.MAX_VALUE),
            StoreLimits.RECLAIM_STEP_CHUNKS,
            this::found));
  }

  private void found(VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      failed(Store.status(status));
      return;
    }
    // One more than the entries, so that maps that come at once don't end the step too early.
    loading = entries.size() + 1;
    loaded = FsStatus.OK;
    for (Volume.Entry entry : entries) {
      store.chunks.pin(inode.number, Keys.chunkOf(entry.key()), null, this::loaded);
    }
    loaded(FsStatus.OK, null);
  }

  private void loaded(FsStatus status, ChunkMap map) {
    if (map != null) {
      maps.add(map);
    }
    if (status != FsStatus.OK) {
      loaded = status;
    }
    if (--loading > 0) {
      return;
    }
    if (loaded == FsStatus.OK) {
      act();
    } else {
      unpinMaps();
      failed(loaded);
    }
  }

  private void act() {
    boolean last = inode.gone || maps.size() < StoreLimits.RECLAIM_STEP_CHUNKS;
    Change change = store.change();
    if (!inode.gone) {
      for (ChunkMap map : maps) {
        inode.usedBlocks -= map.mapped();
        map.cut(0, change.freed());
        change.chunk(map);
      }
      change.inode(inode);
    }
    if (last) {
      change.delete(Keys.orphan(Keys.ORPHAN_TRIMMED, inode.number));
    }
    change.append(null);
    unpinMaps();
    if (last) {
      end();
    } else {
      store.loop.execute(this::step);
    }
  }

  private void unpinMaps() {
    maps.forEach(store.chunks::unpin);
    maps.clear();
  }

  private void failed(FsStatus status) {
    if (status == FsStatus.FENCED) {
      end();
      return;
    }
    LOG.error(
        "Chunks behind the end of inode {} could not be freed ({}); trying again in a second",
        inode.number,
        status);
    store.loop.schedule(RETRY_NANOS, this::step);
  }

  private void end() {
    onEnd.run();
    inode.locks.release(lock);
    store.inodes.unpin(inode);
  }
}
