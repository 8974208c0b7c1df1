package io.atoll.io.index;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;

/** A walk over a part of a RocksDB. */
final class RocksDbCursor implements IndexCursor {

  private static final long READAHEAD_BYTES = 256 * 1024;

  private final Slice bound;
  private final ReadOptions options;
  private final RocksIterator entries;
  private final byte[] from;
  private boolean started;
  private boolean gaveUp;

  private RocksDbCursor(RocksDB db, ReadOptions options, byte[] from, byte[] to) {
    this.from = from;
    this.options = options;
    bound = new Slice(to);
    entries = db.newIterator(options.setIterateUpperBound(bound));
  }

  /** A walk of somebody who comes again, and finds in the cache what was read. */
  static RocksDbCursor cached(RocksDB db, byte[] from, byte[] to) {
    return new RocksDbCursor(db, new ReadOptions(), from, to);
  }

  /** As the other, one that gives up rather than step over more deleted entries in a row. */
  static RocksDbCursor brief(RocksDB db, byte[] from, byte[] to, int maxSteppedOver) {
    return new RocksDbCursor(
        db, new ReadOptions().setMaxSkippableInternalKeys(maxSteppedOver), from, to);
  }

  /** A walk over much: read ahead of it, and nothing of it stays in the cache. */
  static RocksDbCursor reading(RocksDB db, byte[] from, byte[] to) {
    ReadOptions options =
        new ReadOptions()
            .setFillCache(false)
            .setVerifyChecksums(true)
            .setReadaheadSize(READAHEAD_BYTES);
    return new RocksDbCursor(db, options, from, to);
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
      if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
        gaveUp = true;
        return false;
      }
      throw new IndexException("cannot read the index: " + e.getMessage(), e);
    }
  }

  /** Whether {@link #next} said no though there may be more. */
  boolean gaveUp() {
    return gaveUp;
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
