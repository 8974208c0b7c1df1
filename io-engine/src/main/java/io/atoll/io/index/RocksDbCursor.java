package io.atoll.io.index;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A walk over a part of a RocksDB. Checksums are verified, and nothing of it stays in the cache.
 */
final class RocksDbCursor implements IndexCursor {

  private static final long READAHEAD_BYTES = 256 * 1024;

  private final Slice bound;
  private final ReadOptions options;
  private final RocksIterator entries;
  private final byte[] from;
  private boolean started;

  RocksDbCursor(RocksDB db, byte[] from, byte[] to) {
    this.from = from;
    bound = new Slice(to);
    options =
        new ReadOptions()
            .setIterateUpperBound(bound)
            .setFillCache(false)
            .setVerifyChecksums(true)
            .setReadaheadSize(READAHEAD_BYTES);
    entries = db.newIterator(options);
  }

  @Override
  public boolean next() {
    if (started) {
      entries.next();
    } else {
      started = true;
      entries.seek(from);
    }
    if (entries.isValid()) {
      return true;
    }
    try {
      entries.status();
      return false;
    } catch (RocksDBException e) {
      throw new IndexException("cannot read the index: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] key() {
    return entries.key();
  }

  @Override
  public byte[] value() {
    return entries.value();
  }

  @Override
  public void close() {
    entries.close();
    options.close();
    bound.close();
  }
}
