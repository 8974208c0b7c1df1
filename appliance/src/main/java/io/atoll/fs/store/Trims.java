package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.function.Consumer;

/**
 * Truncations that have been answered and are still freeing chunks behind the new end. Each keeps
 * the range lock from there on, so that nothing can be written where old content still lies;
 * readers don't see it, as it is behind the end.
 */
final class Trims {
  private static final int MARKER_BYTES = 16;
  private static final int FIRST_CHUNK = 8;

  private final Store store;
  private int running;

  /** Of these, those that can't go on now: nothing is coming from them. */
  private int stuck;

  Trims(Store store) {
    this.store = store;
  }

  /** Whether no more may start; then a truncation is put off before it has any effect. */
  boolean isFull() {
    return running >= StoreLimits.MAX_BACKGROUND_TRIMS;
  }

  /** Whether no blocks are about to become free. */
  boolean isIdle() {
    return running == stuck;
  }

  /** One can't go on for now. */
  void stuck() {
    stuck++;
  }

  void ended(boolean wasStuck) {
    running--;
    stuck -= wasStuck ? 1 : 0;
  }

  static byte[] marker(long firstChunk) {
    byte[] value = new byte[MARKER_BYTES];
    value[0] = Orphans.VERSION;
    BigEndian.putLong(value, FIRST_CHUNK, firstChunk);
    return value;
  }

  private static long firstChunkOf(long inode, byte[] marker) {
    CorruptValueException.check(
        "truncation marker of inode " + inode, marker, MARKER_BYTES, Orphans.VERSION);
    return BigEndian.getLong(marker, FIRST_CHUNK);
  }

  /**
   * Frees the chunks from {@code firstChunk} on, then gives up the lock.
   *
   * @param lock granted, from there to the end
   */
  void start(Inode inode, RangeLock lock, long firstChunk) {
    running++;
    inode.pins++;
    Trim trim = new Trim(store, inode, lock, firstChunk, this);
    store.loop.execute(trim::step);
  }

  /**
   * Takes up, before anyone can write, what a crash or a close interrupted. All of it, or the file
   * system is not to be opened: without its lock, what is written would be freed with what was
   * there before. A failed opening is loud, and the next one tries again.
   */
  void resume(Consumer<FsStatus> then) {
    resumeFrom(new byte[] {Keys.ORPHAN, Keys.ORPHAN_TRIMMED}, then);
  }

  private void resumeFrom(byte[] from, Consumer<FsStatus> then) {
    store.scan(
        from,
        new byte[] {Keys.ORPHAN, Keys.ORPHAN_TRIMMED + 1},
        1,
        entries -> {
          if (entries.isEmpty()) {
            then.accept(FsStatus.OK);
          } else {
            resumeOne(entries.getFirst(), then);
          }
        },
        then);
  }

  private void resumeOne(Volume.Entry marker, Consumer<FsStatus> then) {
    byte[] key = marker.key();
    long number = BigEndian.getLong(key, Keys.ORPHAN_INODE_AT);
    long firstChunk = firstChunkOf(number, marker.value());
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
            resume(key, inode, firstChunk);
          } catch (RuntimeException e) {
            then.accept(store.defect("taking up the truncation of inode " + number, e));
            return;
          }
          store.loop.execute(() -> resumeFrom(Keys.after(key), then));
        });
  }

  /**
   * @param inode pinned; null if it is gone, and its marker is left over
   */
  private void resume(byte[] marker, Inode inode, long firstChunk) {
    if (inode == null) {
      store.change().delete(marker).append(null);
    } else {
      resume(inode, firstChunk);
    }
  }

  private void resume(Inode inode, long firstChunk) {
    RangeLock lock = new RangeLock(() -> {});
    inode.locks.acquire(lock.over(firstChunk * ChunkMap.CHUNK_BLOCKS, RangeLock.END));
    start(inode, lock, firstChunk);
    store.inodes.unpin(inode);
  }
}
