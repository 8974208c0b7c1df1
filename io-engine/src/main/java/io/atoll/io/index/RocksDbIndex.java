package io.atoll.io.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The index in RocksDB: one column family, its own log off, the applied sequence under a key of its
 * own in every batch. Tables reach the disk in the order in which batches were applied, so a crash
 * leaves a prefix of them. Memory: blocks and write buffers are in an {@link IndexMemory}; table
 * readers, a few MiB per GiB of index, come on top.
 */
public final class RocksDbIndex implements Index, IndexView {

  private static final byte[] SEQUENCE_KEY = {0, 's'};
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final long BLOCK_BYTES = 8 * 1024;

  /** Of a table's index and filter, which are kept by parts: a miss reads one part. */
  private static final int METADATA_BLOCK_BYTES = 8 * 1024;

  /** A table with so many deletions among so many neighbours is compacted: scans step over them. */
  private static final long DELETIONS_WINDOW = 4096;

  private static final long DELETIONS_TRIGGER = 2048;
  private static final double DELETIONS_SHARE = 0.5;

  /** Deleted entries, and older versions of others, before the next one that a brief scan shows. */
  static final int MAX_STEPPED_OVER = 1024;

  /**
   * A compaction writes its result before it removes what it was made of, so it needs room on the
   * disk, which a full one has only in its reserve. So none is large: tables are short, and are cut
   * so that none meets many of the next level.
   */
  private static final long TABLE_BYTES = 16L << 20;

  /** What a table may meet in the next level. */
  private static final long MAX_COMPACTION_BYTES = 96L << 20;

  /** The first level below those that were flushed; compacted with these as a whole. */
  private static final long BASE_LEVEL_BYTES = 64L << 20;

  /**
   * With so many flushed tables not compacted, changes are taken more slowly, and then not: all of
   * them are compacted at once.
   */
  private static final int SLOW_TABLES = 20;

  private static final int STOP_TABLES = 36;

  /** As those, where the disk has little room. */
  private static final int SCARCE_SLOW_TABLES = 8;

  private static final int SCARCE_STOP_TABLES = 12;

  private static final int KEEP_INFO_LOGS = 2;
  private static final long INFO_LOG_BYTES = 1024 * 1024;

  private final IndexMemory memory;

  /** Whether the memory goes with this index. */
  private final boolean ownsMemory;

  private final BloomFilter bloom;
  private final TablePropertiesCollectorFactory compactDeletions;
  private final Options options;
  private final WriteOptions unlogged;
  private final RocksDB db;
  private boolean scarce;
  private volatile long applied;
  private volatile long flushed;

  /**
   * Opens the index in {@code folder}, with memory of its own. Blocks.
   *
   * @param fresh make one, and remove what is there first
   * @param memoryBytes the bound of cache and write buffers together
   */
  public static RocksDbIndex open(Path folder, boolean fresh, long memoryBytes) {
    IndexMemory memory = new IndexMemory(memoryBytes);
    try {
      return open(folder, fresh, memory, true);
    } catch (IndexException e) {
      memory.close();
      throw e;
    }
  }

  /**
   * Opens the index in {@code folder}. Blocks.
   *
   * @param fresh make one, and remove what is there first
   * @param memory shared with other indexes; closed after them
   */
  public static RocksDbIndex open(Path folder, boolean fresh, IndexMemory memory) {
    return open(folder, fresh, memory, false);
  }

  private static RocksDbIndex open(
      Path folder, boolean fresh, IndexMemory memory, boolean ownsMemory) {
    try {
      if (fresh && Files.isDirectory(folder)) {
        try (Options destroyed = new Options()) {
          RocksDB.destroyDB(folder.toString(), destroyed);
        }
      }
      if (fresh) {
        Files.createDirectories(folder);
      }
      return new RocksDbIndex(folder, fresh, memory, ownsMemory);
    } catch (RocksDBException | IOException e) {
      throw new IndexException("cannot open the index in " + folder + ": " + e.getMessage(), e);
    }
  }

  private RocksDbIndex(Path folder, boolean create, IndexMemory memory, boolean ownsMemory)
      throws RocksDBException {
    this.memory = memory;
    this.ownsMemory = ownsMemory;
    bloom = new BloomFilter(BLOOM_BITS_PER_KEY, false);
    compactDeletions =
        TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
            DELETIONS_WINDOW, DELETIONS_TRIGGER, DELETIONS_SHARE);
    options =
        new Options()
            .setCreateIfMissing(create) // or RocksDB would remove the tables of one it can't find
            .setMaxOpenFiles(-1)
            .setWriteBufferManager(memory.writeBuffers())
            .setWriteBufferSize(memory.writeBufferBytes())
            .setMaxWriteBufferNumber(6)
            .setMaxBackgroundJobs(2)
            .setTargetFileSizeBase(TABLE_BYTES)
            .setMaxCompactionBytes(MAX_COMPACTION_BYTES)
            .setMaxBytesForLevelBase(BASE_LEVEL_BYTES)
            .setLevelCompactionDynamicLevelBytes(true)
            .setLevel0SlowdownWritesTrigger(SLOW_TABLES)
            .setLevel0StopWritesTrigger(STOP_TABLES)
            .setSkipStatsUpdateOnDbOpen(true)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(KEEP_INFO_LOGS)
            .setMaxLogFileSize(INFO_LOG_BYTES)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(memory.cache())
                    .setBlockSize(BLOCK_BYTES)
                    .setFilterPolicy(bloom)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                    .setPinTopLevelIndexAndFilter(true)
                    .setCacheIndexAndFilterBlocks(true)
                    .setCacheIndexAndFilterBlocksWithHighPriority(true)
                    .setPinL0FilterAndIndexBlocksInCache(true));
    options.setTablePropertiesCollectorFactory(List.of(compactDeletions));
    unlogged = new WriteOptions().setDisableWAL(true);
    RocksDB opened = null;
    try {
      opened = RocksDB.open(options, folder.toString());
      applied = appliedSequence(opened);
      flushed = applied;
    } catch (RocksDBException | IndexException e) {
      if (opened != null) {
        opened.close();
      }
      closeOptions();
      throw e;
    }
    db = opened;
    memory.opened(db);
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
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    try (RocksDbCursor entries = RocksDbCursor.cached(db, from, to)) {
      while (entries.next() && visitor.visit(entries.key(), entries.value())) {}
    }
  }

  @Override
  public boolean scanBriefly(byte[] from, byte[] to, Visitor visitor) {
    try (RocksDbCursor entries = RocksDbCursor.brief(db, from, to, MAX_STEPPED_OVER)) {
      while (entries.next() && visitor.visit(entries.key(), entries.value())) {}
      return !entries.gaveUp();
    }
  }

  @Override
  public IndexCursor cursor(byte[] from, byte[] to) {
    return RocksDbCursor.reading(db, from, to);
  }

  @Override
  public void apply(Batch batch, long sequence) {
    WriteBatch writes = ((RocksBatch) batch).writes;
    try {
      writes.put(SEQUENCE_KEY, encode(sequence));
      db.write(unlogged, writes);
      applied = sequence;
    } catch (RocksDBException e) {
      throw new IndexException("cannot write the index: " + e.getMessage(), e);
    }
  }

  @Override
  public long appliedSequence() {
    return applied;
  }

  @Override
  public long flushedSequence() {
    return flushed;
  }

  @Override
  public void flush() {
    long before = applied;
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      db.flush(waiting);
      flushed = Math.max(flushed, before);
    } catch (RocksDBException e) {
      throw new IndexException("cannot flush the index: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void roomIsScarce(boolean isScarce) {
    if (isScarce == scarce) {
      return;
    }
    try {
      db.setOptions(
          MutableColumnFamilyOptions.builder()
              .setLevel0SlowdownWritesTrigger(isScarce ? SCARCE_SLOW_TABLES : SLOW_TABLES)
              .setLevel0StopWritesTrigger(isScarce ? SCARCE_STOP_TABLES : STOP_TABLES)
              .build());
      scarce = isScarce;
    } catch (RocksDBException e) {
      throw new IndexException("cannot set the index's options: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    memory.closing(db);
    db.close();
    closeOptions();
    if (ownsMemory) {
      memory.close();
    }
  }

  @Override
  public Batch newBatch() {
    return new RocksBatch();
  }

  private void closeOptions() {
    unlogged.close();
    options.close();
    compactDeletions.close();
    bloom.close();
  }

  /** What {@code db} says of itself. */
  static long appliedSequence(RocksDB db) throws RocksDBException {
    byte[] sequence = db.get(SEQUENCE_KEY);
    return sequence == null ? 0 : decode(sequence);
  }

  private static byte[] encode(long sequence) {
    byte[] bytes = new byte[Long.BYTES];
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[i] = (byte) (sequence >>> (8 * i));
    }
    return bytes;
  }

  private static long decode(byte[] bytes) {
    if (bytes.length != Long.BYTES) {
      throw IndexException.malformed(
          "the index's applied sequence is malformed: " + Arrays.toString(bytes));
    }
    long sequence = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      sequence |= (bytes[i] & 0xffL) << (8 * i);
    }
    return sequence;
  }

  private static final class RocksBatch implements Batch {
    private final WriteBatch writes = new WriteBatch();

    @Override
    public void put(byte[] key, byte[] value) {
      try {
        writes.put(key, value);
      } catch (RocksDBException e) {
        throw new IndexException("cannot gather a batch: " + e.getMessage(), e);
      }
    }

    @Override
    public void put(ByteBuffer key, ByteBuffer value) {
      try {
        writes.put(key, value);
      } catch (RocksDBException e) {
        throw new IndexException("cannot gather a batch: " + e.getMessage(), e);
      }
    }

    @Override
    public void delete(ByteBuffer key) {
      try {
        writes.delete(key);
      } catch (RocksDBException e) {
        throw new IndexException("cannot gather a batch: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      writes.close();
    }
  }
}
