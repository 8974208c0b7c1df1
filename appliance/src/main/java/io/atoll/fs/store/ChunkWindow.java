package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import java.util.function.Consumer;

/**
 * The chunk maps that one transfer touches, pinned. Reused from transfer to transfer; loading maps
 * that are in the cache allocates nothing.
 */
final class ChunkWindow {
  private final ObjectCache.Waiter<ChunkMap> onMap = this::loaded;
  private final Consumer<FsStatus> onLoaded;
  private final ChunkMap[] maps = new ChunkMap[StoreLimits.MAX_TRANSFER_CHUNKS + 1];
  private ObjectCache<ChunkMap> cache;
  private long first;
  private int count;
  private int loading;
  private FsStatus status;

  /**
   * @param onLoaded told that all are there or why not, possibly before {@link #load} returns; must
   *     not throw
   */
  ChunkWindow(Consumer<FsStatus> onLoaded) {
    this.onLoaded = onLoaded;
  }

  /** Pins the chunks of the blocks from {@code firstBlock} to {@code lastBlock}. */
  void load(ObjectCache<ChunkMap> chunks, long inode, long firstBlock, long lastBlock) {
    cache = chunks;
    first = firstBlock / ChunkMap.CHUNK_BLOCKS;
    count = (int) (lastBlock / ChunkMap.CHUNK_BLOCKS - first) + 1;
    status = FsStatus.OK;
    // One more than the maps, so that those that come at once don't end the loading too early.
    loading = count + 1;
    for (int i = 0; i < count; i++) {
      chunks.pin(inode, first + i, null, onMap);
    }
    loaded(FsStatus.OK, null);
  }

  private void loaded(FsStatus mapStatus, ChunkMap map) {
    if (map != null) {
      maps[(int) (map.chunk() - first)] = map;
    }
    if (mapStatus != FsStatus.OK) {
      status = mapStatus;
    }
    if (--loading == 0) {
      onLoaded.accept(status);
    }
  }

  /** Whether the chunks of these blocks are here. */
  boolean covers(long firstBlock, long lastBlock) {
    return count > 0
        && firstBlock / ChunkMap.CHUNK_BLOCKS >= first
        && lastBlock / ChunkMap.CHUNK_BLOCKS < first + count;
  }

  long address(long block) {
    return map(block).address(index(block));
  }

  long birth(long block) {
    return map(block).birth(index(block));
  }

  int crc(long block) {
    return map(block).crc(index(block));
  }

  void set(long block, long address, long birth, int crc) {
    map(block).set(index(block), address, birth, crc);
  }

  void put(Change change) {
    for (int i = 0; i < count; i++) {
      change.chunk(maps[i]);
    }
  }

  /** How many of these blocks the file does not have. */
  int holes(long firstBlock, long lastBlock) {
    int holes = 0;
    for (long block = firstBlock; block <= lastBlock; block++) {
      holes += address(block) == ChunkMap.HOLE ? 1 : 0;
    }
    return holes;
  }

  /** The record that last changed one of them. */
  long lastSequence() {
    long last = 0;
    for (int i = 0; i < count; i++) {
      last = Math.max(last, maps[i].lastSequence);
    }
    return last;
  }

  void unpin() {
    for (int i = 0; i < count; i++) {
      if (maps[i] != null) {
        cache.unpin(maps[i]);
        maps[i] = null;
      }
    }
    count = 0;
  }

  private ChunkMap map(long block) {
    return maps[(int) (block / ChunkMap.CHUNK_BLOCKS - first)];
  }

  private static int index(long block) {
    return (int) (block % ChunkMap.CHUNK_BLOCKS);
  }
}
