package io.atoll.fs.store;

import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FsStatus;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.cache.DataCache;
import io.atoll.io.cache.GranuleShare;
import io.atoll.io.cache.RangeStatus;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What the operations of one file system share. Confined to its home loop. */
final class Store {
  final Volume volume;
  final Loop loop;
  final InodeNumbers numbers;
  final ObjectCache<Inode> inodes;
  final ObjectCache<DirectoryEntry> entries;
  final ObjectCache<ChunkMap> chunks;
  final ObjectCache<SmallContent> contents;
  final DirectoryPages directoryPages;
  final Orphans orphans;
  final Trims trims;
  final DataCache data;
  final ReadAhead readAhead;
  final UnstableWrites unstable;
  final Quotas quotas;
  final FileLimits limits;
  final BlockChecksums checksums = new BlockChecksums();

  /** Only one directory at a time moves to another parent, so that none moves below itself. */
  final RangeLocks directoryMoves = new RangeLocks();

  /** Writes that hold blocks of the reserve until their records free as many. */
  int overwriting;

  private final SplittableRandom generations;
  private final Defects defects;
  private final Change change;
  private boolean inDoubt;
  private Runnable whenInDoubt = () -> {};

  /**
   * @param random asked only here, so that neither generations of inodes nor places in hash tables
   *     can be foretold
   */
  Store(
      Volume volume,
      Loop loop,
      RandomGenerator random,
      StoreSettings settings,
      GranuleShare memory,
      InodeNumbers numbers,
      StoreParts parts) {
    this.volume = volume;
    this.loop = loop;
    this.numbers = numbers;
    limits = settings.limits();
    generations = new SplittableRandom(random.nextLong());
    KeyedHash hash = new KeyedHash(random.nextLong(), random.nextLong());
    defects = new Defects(loop);
    inodes = cache(Inode.class, new InodeCodec(), settings.inodes(), hash);
    entries = cache(DirectoryEntry.class, parts.entries(inodes), settings.entries(), hash);
    chunks = cache(ChunkMap.class, new ChunkMapCodec(), settings.chunkMaps(), hash);
    contents = cache(SmallContent.class, new SmallContent.Format(), settings.smallContents(), hash);
    directoryPages = parts.directoryPages(settings.directoryPagesBytes());
    data = new DataCache(volume, loop, memory);
    readAhead = new ReadAhead(this);
    orphans = parts.orphans(this);
    trims = new Trims(this);
    unstable = parts.unstableWrites(this);
    quotas = parts.quotas(this);
    change = parts.change(this);
  }

  /** Keeps no more than {@code settings} say from now on. */
  void limitCaches(StoreSettings settings) {
    inodes.limit(settings.inodes());
    entries.limit(settings.entries());
    chunks.limit(settings.chunkMaps());
    contents.limit(settings.smallContents());
    directoryPages.limit(settings.directoryPagesBytes());
  }

  private <V extends Cached> ObjectCache<V> cache(
      Class<V> type, ObjectCache.Format<V> format, int maxUnpinned, KeyedHash hash) {
    return new ObjectCache<>(type, volume, defects, format, maxUnpinned, hash);
  }

  static FsStatus status(VolumeStatus status) {
    return switch (status) {
      case OK -> FsStatus.OK;
      case DAMAGED, IO_ERROR -> FsStatus.IO_ERROR;
      case FENCED -> FsStatus.FENCED;
    };
  }

  static FsStatus status(RangeStatus status) {
    return switch (status) {
      case OK -> FsStatus.OK;
      case BUSY -> FsStatus.DELAY;
      case DAMAGED -> FsStatus.IO_ERROR;
      case FENCED -> FsStatus.FENCED;
    };
  }

  /** The one record in the making, empty. */
  Change change() {
    if (inDoubt) {
      throw new IllegalStateException("no change can be made any more: an earlier one failed");
    }
    change.begin();
    return change;
  }

  /** A change was begun and did not become a record: memory may say what no record does. */
  void doubt() {
    if (!inDoubt) {
      inDoubt = true;
      loop.execute(whenInDoubt);
    }
  }

  /** Runs {@code task} soon after the first {@link #doubt}. */
  void whenInDoubt(Runnable task) {
    whenInDoubt = task;
  }

  /** Whether nothing may be changed or told any more, until the file system is opened anew. */
  boolean isInDoubt() {
    return inDoubt;
  }

  /**
   * What an operation ends with that met an exception.
   *
   * @param doing what was being done, for the log
   */
  FsStatus defect(String doing, RuntimeException defect) {
    defects.report(doing, defect);
    change.discardIfBegun();
    return inDoubt ? FsStatus.FENCED : FsStatus.IO_ERROR;
  }

  /** For tests and metrics. */
  Defects defects() {
    return defects;
  }

  /**
   * Scans the map, as {@link Volume#scan}.
   *
   * @param then told the entries
   * @param failed told why there are none, or that {@code then} met an exception
   */
  void scan(
      byte[] from,
      byte[] to,
      int limit,
      Consumer<List<Volume.Entry>> then,
      Consumer<FsStatus> failed) {
    volume.scan(
        from,
        to,
        limit,
        (status, entries) -> {
          if (status != VolumeStatus.OK) {
            failed.accept(status(status));
            return;
          }
          try {
            then.accept(entries);
          } catch (RuntimeException e) {
            failed.accept(defect("what follows a scan", e));
          }
        });
  }

  int newGeneration() {
    return generations.nextInt();
  }

  long now() {
    return loop.wallClockNanos();
  }

  /**
   * Whether something may be added to the map: not when only the reserve is left, which is for
   * taking away. DELAY if it will be had when what is being freed is free.
   */
  FsStatus room() {
    if (volume.space().availableBytes() > 0) {
      return FsStatus.OK;
    }
    return isFreeing() ? FsStatus.DELAY : FsStatus.NO_SPACE;
  }

  /**
   * What a writer is told that got no blocks: NO_SPACE unless some are on their way, from files
   * being removed, from records not yet durable, or from the disk.
   */
  FsStatus noBlocks() {
    if (volume.fenced()) {
      return FsStatus.FENCED;
    }
    return volume.spaceComing() || isFreeing() ? FsStatus.DELAY : FsStatus.NO_SPACE;
  }

  /** As {@link #noBlocks}, of a writer that would have freed as many as it wanted. */
  FsStatus noBlocksToOverwrite() {
    return overwriting > 0 && !volume.fenced() ? FsStatus.DELAY : noBlocks();
  }

  /** Whether blocks are about to become free, of what was removed or cut. */
  boolean isFreeing() {
    return !orphans.isIdle() || !trims.isIdle();
  }

  /** Goes on when the volume has room for a mutation, at once if it has. */
  void whenRoom(Consumer<FsStatus> then) {
    if (inDoubt) {
      then.accept(FsStatus.FENCED);
    } else if (volume.congested()) {
      volume.awaitRoom(status -> then.accept(status(status)));
    } else {
      then.accept(FsStatus.OK);
    }
  }

  void unpin(Cached object) {
    switch (object) {
      case Inode inode -> inodes.unpin(inode);
      case DirectoryEntry entry -> entries.unpin(entry);
      case ChunkMap chunk -> chunks.unpin(chunk);
      case SmallContent content -> contents.unpin(content);
      default -> throw new IllegalArgumentException("no cache for a " + object.getClass());
    }
  }

  static ChangeInfo unchanged(Inode directory) {
    return new ChangeInfo(directory.change, directory.change);
  }
}
