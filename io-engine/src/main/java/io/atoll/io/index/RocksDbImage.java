package io.atoll.io.index;

import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * A {@link RocksDbIndex} at rest, opened without a file of it being written, made or locked: so on
 * a disk that can't be written, too. Its memory is a cache of {@code cacheBytes}, and table readers
 * of a few MiB per GiB of index. Blocks; safe for many threads.
 */
public final class RocksDbImage implements IndexView {

  static {
    RocksDbLibrary.load();
  }

  /** The applied sequence of an index that has lost it. */
  public static final long UNKNOWN_SEQUENCE = -1;

  private final Cache cache;
  private final Options options;
  private final RocksDB db;
  private final long applied;

  private RocksDbImage(Path folder, long cacheBytes, boolean damaged) throws RocksDBException {
    cache = new LRUCache(cacheBytes);
    options =
        new Options()
            .setMaxOpenFiles(-1)
            .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache));
    RocksDB opened = null;
    try {
      opened = RocksDB.openReadOnly(options, folder.toString());
      applied = damaged ? sequenceIfReadable(opened) : RocksDbIndex.appliedSequence(opened);
    } catch (RocksDBException | IndexException e) {
      if (opened != null) {
        opened.close();
      }
      closeOptions();
      throw e;
    }
    db = opened;
  }

  /**
   * @throws IndexException if there is none, or a file that it needs is missing or damaged; the
   *     message names it
   */
  public static RocksDbImage open(Path folder, long cacheBytes) {
    return open(folder, cacheBytes, false);
  }

  /**
   * Opens an index of which blocks may be damaged; its applied sequence may then be {@link
   * #UNKNOWN_SEQUENCE}.
   *
   * @throws IndexException if its list of tables is lost, or one of them
   */
  public static RocksDbImage openDamaged(Path folder, long cacheBytes) {
    return open(folder, cacheBytes, true);
  }

  private static RocksDbImage open(Path folder, long cacheBytes, boolean damaged) {
    try {
      return new RocksDbImage(folder, cacheBytes, damaged);
    } catch (RocksDBException e) {
      throw new IndexException("cannot open the index in " + folder + ": " + e.getMessage(), e);
    }
  }

  private static long sequenceIfReadable(RocksDB db) {
    try {
      return RocksDbIndex.appliedSequence(db);
    } catch (RocksDBException | IndexException lost) {
      return UNKNOWN_SEQUENCE;
    }
  }

  /**
   * Reads every table from end to end.
   *
   * @throws IndexException if a block does not match its checksum; the message names file and
   *     offset
   */
  public void verifyTables() {
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      throw new IndexException("the index is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] get(byte[] key) {
    try {
      return db.get(key);
    } catch (RocksDBException e) {
      throw new IndexException("cannot read the index: " + e.getMessage(), e);
    }
  }

  @Override
  public IndexCursor cursor(byte[] from, byte[] to) {
    return RocksDbCursor.reading(db, from, to);
  }

  @Override
  public long appliedSequence() {
    return applied;
  }

  @Override
  public void close() {
    db.close();
    closeOptions();
  }

  private void closeOptions() {
    options.close();
    cache.close();
  }
}
