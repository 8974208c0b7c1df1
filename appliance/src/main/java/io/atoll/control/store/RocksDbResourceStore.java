package io.atoll.control.store;

import io.atoll.control.resource.Resource;
import io.atoll.control.store.ResourceStoreException.Kind;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.RocksDbLibrary;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources in a RocksDB of their own, whose log is synced with each batch. Beside them one key
 * says in which format they are, and a {@link CommittedMark} how far they go.
 *
 * <p>A torn batch at the log's end was never acknowledged and is dropped; damage before it is told,
 * and nothing is opened. The folder appears under its name when it is whole, so one without a
 * database in it is damage, too, and never taken for a new one.
 */
public final class RocksDbResourceStore implements ResourceStore {
  /** Before every kind's name, and of no kind. */
  private static final byte[] FORMAT_KEY = "!format".getBytes(StandardCharsets.US_ASCII);

  private static final Logger logger = LoggerFactory.getLogger(RocksDbResourceStore.class);

  /** Raised by whatever a release without it would take for damage: docs/formats.md. */
  static final int FORMAT = 1;

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
  private static final String UNFINISHED_SUFFIX = ".unfinished";
  private static final long CACHE_BYTES = 1L << 20;
  private static final long WRITE_BUFFER_BYTES = 2L << 20;
  private static final int WRITE_BUFFERS = 2;

  /** The most memory that RocksDB takes for it: the cache, where tables' indexes lie, too. */
  public static final long MEMORY_BYTES = CACHE_BYTES + WRITE_BUFFERS * WRITE_BUFFER_BYTES;

  private static final String WRITE_BUFFERS_PROPERTY = "rocksdb.cur-size-all-mem-tables";
  private static final int KEEP_INFO_LOGS = 2;
  private static final long INFO_LOG_BYTES = 1L << 20;

  static {
    RocksDbLibrary.load();
  }

  private final ResourceCodec codec = new ResourceCodec();
  private final Path folder;
  private final LRUCache cache;
  private final Options options;
  private final WriteOptions synced;
  private final RocksDB db;

  /** Held while it is closed, and by whoever is no owner of it and asks for something. */
  private final Object closing = new Object();

  private boolean isClosed;

  /** Null while it is being made. */
  private CommittedMark mark;

  /** Opens the store in {@code folder}, and makes it if the folder is not there. */
  public static RocksDbResourceStore open(Path folder) {
    try {
      Path unfinished = folder.resolveSibling(folder.getFileName() + UNFINISHED_SUFFIX);
      removeTree(unfinished);
      if (!Files.exists(folder)) {
        make(unfinished);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        sync(folder.getParent());
      }
      RocksDbResourceStore store = new RocksDbResourceStore(folder, false);
      try {
        store.checkFormat();
        store.checkEnd();
      } catch (IOException | ResourceStoreException e) {
        store.close();
        throw e;
      }
      return store;
    } catch (IOException e) {
      throw new ResourceStoreException(
          Kind.UNUSABLE, "the store of resources in " + folder + " can't be opened: " + e, e);
    }
  }

  private static void make(Path unfinished) throws IOException {
    Files.createDirectory(unfinished);
    RocksDbResourceStore fresh = new RocksDbResourceStore(unfinished, true);
    try (WriteBatch format = new WriteBatch()) {
      format.put(FORMAT_KEY, Integer.toString(FORMAT).getBytes(StandardCharsets.US_ASCII));
      fresh.db.write(fresh.synced, format);
    } catch (RocksDBException e) {
      throw fresh.failure("be made", e);
    } finally {
      fresh.close();
    }
    sync(unfinished);
  }

  private RocksDbResourceStore(Path folder, boolean create) {
    this.folder = folder;
    cache = new LRUCache(CACHE_BYTES);
    options =
        new Options()
            .setCreateIfMissing(create)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setMaxBackgroundJobs(2)
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true))
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(KEEP_INFO_LOGS)
            .setMaxLogFileSize(INFO_LOG_BYTES);
    synced = new WriteOptions().setSync(true);
    RocksDB opened;
    try {
      opened = RocksDB.open(options, folder.toString());
    } catch (RocksDBException e) {
      closeOptions();
      throw failure("be opened", e);
    }
    db = opened;
  }

  private void checkFormat() {
    byte[] found;
    try {
      found = db.get(FORMAT_KEY);
    } catch (RocksDBException e) {
      throw failure("be read", e);
    }
    if (found == null) {
      throw new ResourceStoreException(
          Kind.DAMAGED, "the store of resources in " + folder + " does not say its format", null);
    }
    String format = new String(found, StandardCharsets.UTF_8);
    if (!NUMBER.matcher(format).matches()) {
      throw new ResourceStoreException(
          Kind.DAMAGED,
          "the store of resources in " + folder + " says that its format is '" + format + "'",
          null);
    }
    int number = Integer.parseInt(format);
    if (number != FORMAT) {
      throw new ResourceStoreException(
          Kind.VERSION,
          "the store of resources in "
              + folder
              + (number > FORMAT ? " is of a newer format, " : " is of an older format, ")
              + number
              + ", and this version reads "
              + FORMAT
              + ": use the version of Atoll that wrote it"
              + (number > FORMAT ? ", or a newer one" : ""),
          null);
    }
  }

  /** Holds the database against what its mark says of it. */
  private void checkEnd() throws IOException {
    mark = CommittedMark.open(folder);
    long last = db.getLatestSequenceNumber();
    if (last < mark.sequence()) {
      throw new ResourceStoreException(
          Kind.DAMAGED,
          "the store of resources in "
              + folder
              + " can't be opened: it ends with change "
              + last
              + " where change "
              + mark.sequence()
              + " was committed, so its log was cut off or removed; restore the folder from a"
              + " backup, or remove its file "
              + CommittedMark.FILE
              + " to go on without the changes that are lost",
          null);
    }
    if (last > mark.sequence()) {
      mark.advance(last);
    }
  }

  @Override
  public void load(Consumer<Resource> visitor) {
    try (ReadOptions checked = new ReadOptions().setVerifyChecksums(true);
        RocksIterator entries = db.newIterator(checked)) {
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        byte[] key = entries.key();
        if (!Arrays.equals(key, FORMAT_KEY)) {
          visitor.accept(codec.decode(key, entries.value()));
        }
      }
      entries.status();
    } catch (RocksDBException e) {
      throw failure("be read", e);
    }
  }

  @Override
  public void commit(List<ResourceChange> changes) {
    try (WriteBatch batch = new WriteBatch()) {
      for (ResourceChange change : changes) {
        byte[] key = ResourceCodec.key(change.kind(), change.id());
        if (change.resource() == null) {
          batch.delete(key);
        } else {
          batch.put(key, codec.encode(change.resource()));
        }
      }
      db.write(synced, batch);
    } catch (RocksDBException e) {
      throw failure("be written", e);
    }
    try {
      mark.advance(db.getLatestSequenceNumber());
    } catch (IOException e) {
      // What is committed is committed; the mark says less than it could.
      logger.warn("{} can't be written", folder.resolve(CommittedMark.FILE), e);
    }
  }

  /**
   * What RocksDB has of memory for it, by its own account; 0 when it is closed. For any thread.
   *
   * @throws ResourceStoreException if RocksDB does not say
   */
  public long usedBytes() {
    synchronized (closing) {
      if (isClosed) {
        return 0;
      }
      try {
        return cache.getUsage() + db.getLongProperty(WRITE_BUFFERS_PROPERTY);
      } catch (RocksDBException e) {
        throw failure("be asked for its memory", e);
      }
    }
  }

  @Override
  public void close() {
    if (mark != null) {
      mark.close();
    }
    synchronized (closing) {
      isClosed = true;
      db.close();
      closeOptions();
    }
  }

  private void closeOptions() {
    synced.close();
    options.close();
    cache.close();
  }

  private ResourceStoreException failure(String what, RocksDBException cause) {
    boolean damaged = isMissingFile(cause) || IndexException.isDamage(cause);
    return new ResourceStoreException(
        damaged ? Kind.DAMAGED : Kind.UNUSABLE,
        "the store of resources in " + folder + " can't " + what + ": " + cause.getMessage(),
        cause);
  }

  /** A file of the database that is gone is damage; RocksDB calls it an I/O error. */
  private static boolean isMissingFile(RocksDBException cause) {
    return cause.getMessage() != null && cause.getMessage().contains("No such file");
  }

  private static void removeTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}
