package io.atoll.io.index;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBufferManager;

/**
 * The memory of any number of indexes: one cache of blocks, which write buffers are counted in. Not
 * strict (a strict one fails reads when full). An index whose write buffer is full flushes it; what
 * an idle one keeps unflushed nobody takes from it, so the buffers of all get smaller as they
 * become many, and together stay within half of the memory. Thread-safe.
 */
public final class IndexMemory implements AutoCloseable {
  /** The part of the cache that tables' indexes and filters give way in last. */
  private static final double METADATA_SHARE = 0.25;

  /** Of all memory, one in so many is for write buffers. */
  private static final int WRITE_SHARE = 2;

  /** Of all memory, one in so many is the largest write buffer of an index. */
  private static final int WRITE_BUFFER_SHARE = 8;

  private static final String TABLE_READERS = "rocksdb.estimate-table-readers-mem";

  static {
    RocksDbLibrary.load();
  }

  private final long bytes;
  private final Cache cache;
  private final WriteBufferManager writeBuffers;
  private final List<RocksDB> indexes = new ArrayList<>();

  /** How large the write buffer of each is. */
  private long dividedBytes;

  /**
   * @param bytes the bound of cache and write buffers together
   */
  public IndexMemory(long bytes) {
    this.bytes = bytes;
    cache = new LRUCache(bytes, -1, false, METADATA_SHARE);
    writeBuffers = new WriteBufferManager(bytes / WRITE_SHARE, cache);
    dividedBytes = writeBufferBytes(1);
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  /** How large the write buffer of a further index is. */
  synchronized long writeBufferBytes() {
    return writeBufferBytes(indexes.size() + 1);
  }

  private long writeBufferBytes(int count) {
    return Math.min(bytes / WRITE_BUFFER_SHARE, bytes / WRITE_SHARE / count);
  }

  synchronized void opened(RocksDB index) throws RocksDBException {
    indexes.add(index);
    try {
      divide();
    } catch (RocksDBException e) {
      indexes.remove(index);
      throw e;
    }
  }

  synchronized void closing(RocksDB index) {
    indexes.remove(index);
    try {
      divide();
    } catch (RocksDBException e) {
      throw new IndexException("cannot divide the indexes' memory: " + e.getMessage(), e);
    }
  }

  private void divide() throws RocksDBException {
    long each = writeBufferBytes(Math.max(1, indexes.size()));
    if (each == dividedBytes) {
      return;
    }
    dividedBytes = each;
    for (RocksDB index : indexes) {
      index.setOptions(MutableColumnFamilyOptions.builder().setWriteBufferSize(each).build());
    }
  }

  /** What cache and write buffers have of it; may block for a moment. */
  public long usedBytes() {
    return cache.getUsage();
  }

  /**
   * What the readers of all tables take beside the cache, as RocksDB estimates it: some KiB for
   * each table of an index. May block for a moment.
   */
  public synchronized long tableReaderBytes() {
    long sum = 0;
    for (RocksDB index : indexes) {
      try {
        sum += index.getLongProperty(TABLE_READERS);
      } catch (RocksDBException e) {
        throw new IndexException("cannot ask an index for its memory: " + e.getMessage(), e);
      }
    }
    return sum;
  }

  /** When no index uses it any more. */
  @Override
  public void close() {
    writeBuffers.close();
    cache.close();
  }
}
