package io.atoll.io.volume;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.DiskFutures;
import io.atoll.io.index.Index;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.log.LogDamage;
import io.atoll.io.log.LogHistory;
import io.atoll.io.log.LogReplayer.Replayed;
import io.atoll.io.log.LogScanner;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.LogTail;
import io.atoll.io.log.ScannedGroup;
import io.atoll.io.space.MapMemory;
import io.atoll.io.volume.VolumeOpenException.Reason;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a volume: finds out where the log ends, cuts what is torn, flushes the devices, brings the
 * index up to the log's end, and raises the incarnation. Any failure closes what was opened.
 * Loop-confined; one use.
 */
final class VolumeOpener {

  private static final Logger logger = LoggerFactory.getLogger(VolumeOpener.class);

  static final String EXTENTS_NAME = VolumeFiles.EXTENTS;

  /** How often the log is scanned as long as it reads differently. */
  private static final int MAX_SCANS = 3;

  /** Length of the buffer of zeros that an open volume keeps. */
  static final int ZERO_BYTES = 1024 * 1024;

  private final VolumeEnvironment environment;
  private final VolumeOptions options;
  private final VolumeParts kinds;
  private final boolean mayCreate;
  private final Disk disk;
  private final ByteBuf zeros;
  private final ByteBuf window;
  private final List<LogSegment> segments = new ArrayList<>();
  private DiskFile superblockFile;
  private Superblock superblock;
  private boolean superblockCopyLost;
  private DiskFile extents;
  private Index index;
  private RecordBatch batches;
  private GroupCodec codec;
  private LogRecovery recovery;
  private LogHistory history;
  private int scansLeft = MAX_SCANS;
  private long appliedSequence;
  private final MapMemory.Share mapMemory;
  private SpaceLoader space;
  private final long startNanos;
  private long replayedRecords;

  /**
   * @param mayCreate whether to make a volume where there is none
   */
  VolumeOpener(
      VolumeEnvironment environment, VolumeOptions options, VolumeParts kinds, boolean mayCreate) {
    this.environment = environment;
    this.options = options;
    this.kinds = kinds;
    this.mayCreate = mayCreate;
    disk = environment.disk();
    mapMemory = environment.mapMemory().share();
    startNanos = environment.loop().monotonicNanos();
    zeros = take(ZERO_BYTES).setZero(0, ZERO_BYTES);
    window = take(GroupCodec.MAX_GROUP_BYTES);
  }

  /**
   * Opens, and if that fails on a disk that is nearly full, drops the ballast and tries once more.
   */
  static CompletableFuture<OpenedParts> openLightening(
      VolumeEnvironment environment, VolumeOptions options, VolumeParts kinds, boolean mayCreate) {
    return new VolumeOpener(environment, options, kinds, mayCreate)
        .open()
        .exceptionallyCompose(failure ->
            lighten(environment, options, failure)
                .thenCompose(
                    ignored -> new VolumeOpener(environment, options, kinds, mayCreate).open()));
  }

  /** Drops the ballast; fails with {@code failure} if there is none or the disk has room. */
  private static CompletableFuture<Void> lighten(
      VolumeEnvironment environment, VolumeOptions options, Throwable failure) {
    return Steps.onWorker(environment, environment.space()::usableBytes)
        .exceptionally(ignored -> Long.MAX_VALUE)
        .thenCompose(usable ->
            DiskWatch.full(usable, options)
                ? Ballast.drop(environment.disk())
                : CompletableFuture.completedFuture(false))
        .thenAccept(dropped -> {
          if (!dropped) {
            Steps.rethrow(failure);
          }
          logger.warn(
              "the disk is full; the volume's ballast is dropped so that it opens", failure);
        });
  }

  CompletableFuture<OpenedParts> open() {
    return DiskFutures.openIfPresent(disk, Superblock.NAME)
        .thenCompose(file -> file != null ? CompletableFuture.completedFuture(file) : create())
        .thenCompose(this::readSuperblock)
        .thenCompose(ignored -> openSegments(0))
        .thenCompose(ignored -> openExtents())
        .thenCompose(ignored -> openIndex())
        .thenCompose(ignored -> readLog())
        .thenCompose(ignored -> syncDevices())
        .thenCompose(ignored -> replay())
        .thenCompose(ignored -> cutTorn())
        .thenCompose(ignored -> loadSpace())
        .thenCompose(ignored -> raiseIncarnation())
        .thenApply(ignored -> opened())
        .whenComplete((parts, failure) -> {
          if (failure == null) {
            window.release();
          }
        })
        .exceptionallyCompose(this::failed);
  }

  private CompletableFuture<DiskFile> create() {
    if (!mayCreate) {
      throw new VolumeOpenException(
          Reason.ENVIRONMENT,
          Superblock.NAME + " is missing: the disk is not there, or the volume is not on it");
    }
    return new VolumeCreator(environment, options, zeros).create();
  }

  private ByteBuf take(int bytes) {
    ByteBuf buffer = environment.buffers().take(bytes);
    return buffer == null ? AlignedMemory.allocate(bytes) : buffer;
  }

  private CompletableFuture<Void> readSuperblock(DiskFile file) {
    superblockFile = file;
    return readSlot(0)
        .thenCompose(ignored -> readSlot(1))
        .thenAccept(ignored -> {
          superblock = Superblock.decode(window);
          superblockCopyLost = superblock.otherCopyLost(window);
          if (superblockCopyLost) {
            logger.warn(
                "{} at offset {} in {}: this copy is damaged; the other one, at offset {}, is used,"
                    + " and this one written anew. After a crash or a power cut that is no harm;"
                    + " otherwise see the kernel's log and the disk's health, and have a backup",
                Superblock.NAME,
                superblock.otherOffsetBytes(),
                disk,
                superblock.offsetBytes());
          }
          codec = new GroupCodec(superblock.salt());
          requireRoomForGroups();
        });
  }

  /** Each by itself: one that can't be read does not take the other one with it. */
  private CompletableFuture<Void> readSlot(int slot) {
    long offset = (long) slot * Superblock.SLOT_BYTES;
    ByteBuf part = window.slice((int) offset, Superblock.SLOT_BYTES);
    return DiskFutures.read(superblockFile, Superblock.NAME, part, Superblock.SLOT_BYTES, offset)
        .handle((ignored, failure) -> {
          if (failure != null) {
            logger.warn("a copy of the superblock can't be read", failure);
            Superblock.spoil(part);
          }
          return null;
        });
  }

  /** The log's writer relies on it that an empty segment has room for any group. */
  private void requireRoomForGroups() {
    if (options.groupBytes() > superblock.logSegmentBytes()) {
      throw new VolumeOpenException(
          Reason.ENVIRONMENT,
          Superblock.NAME
              + ": the volume's log segments have "
              + superblock.logSegmentBytes()
              + " bytes, too few for a commit group of "
              + options.groupBytes()
              + ": open it with a smaller bound for groups");
    }
  }

  private CompletableFuture<Void> openSegments(int number) {
    String name = LogSegment.name(number);
    return DiskFutures.openIfPresent(disk, name)
        .thenCompose(file -> {
          if (file == null) {
            if (number < superblock.logSegments()) {
              throw VolumeOpenException.damaged(
                  name
                      + " is missing: the log has "
                      + superblock.logSegments()
                      + " segments, and records are lost with one: restore the file, or the volume"
                      + " from a backup or a replica");
            }
            return CompletableFuture.completedFuture(null);
          }
          segments.add(new LogSegment(name, file));
          if (file.lengthBytes() != superblock.logSegmentBytes()) {
            throw VolumeOpenException.damaged(
                name
                    + " ends at offset "
                    + file.lengthBytes()
                    + ", but a segment of this volume has "
                    + superblock.logSegmentBytes()
                    + " bytes, and records may be lost with what is missing: restore the file, or"
                    + " the volume from a backup or a replica");
          }
          return keepName(number, name).thenCompose(ignored -> openSegments(number + 1));
        });
  }

  /** A segment that is not counted yet may have a name that is not durable yet; it is to be. */
  private CompletableFuture<Integer> keepName(int number, String name) {
    return number < superblock.logSegments()
        ? CompletableFuture.completedFuture(0)
        : DiskFutures.rename(disk, name, name);
  }

  private CompletableFuture<Void> openExtents() {
    return DiskFutures.open(disk, EXTENTS_NAME, Disk.OpenMode.EXISTING)
        .thenAccept(file -> {
          extents = file;
          requireMemoryForMap();
        });
  }

  /** Ahead of any change to the volume. */
  private void requireMemoryForMap() {
    long regions = options.regionSize().regions(extents.lengthBytes() / Volume.BLOCK_BYTES);
    if (!mapMemory.reach(regions)) {
      throw new VolumeOpenException(
          Reason.ENVIRONMENT,
          EXTENTS_NAME
              + ": it has "
              + extents.lengthBytes()
              + " bytes, too many for the heap of this process: "
              + mapMemory.lack(regions));
    }
  }

  private CompletableFuture<Void> openIndex() {
    return Steps.onWorker(
        environment,
        () -> {
          index = environment.index().open(false);
          byte[] identity = index.get(IndexKeys.identity());
          if (!Arrays.equals(identity, superblock.indexIdentity())) {
            throw foreignIndex(identity);
          }
          appliedSequence = index.appliedSequence();
          batches = new RecordBatch(index, options.regionSize());
          SpaceLoader.check(index, options.regionSize(), extents.lengthBytes());
          return null;
        });
  }

  private static VolumeOpenException foreignIndex(byte[] identity) {
    return Superblock.isOfThisVersion(identity)
        ? VolumeOpenException.damaged(
            "index: it belongs to another volume than the superblock, or is lost: restore the"
                + " volume from a backup or a replica")
        : new VolumeOpenException(
            Reason.VERSION,
            "index: it was written by another version of Atoll: use the version that wrote it");
  }

  private CompletableFuture<Void> readLog() {
    recovery = new LogRecovery(codec, segments, window, kinds.lastGroupCheck(window), extents);
    return scanLog().thenAccept(found -> history = found);
  }

  /** Scans again what seems to be damaged, in case it was only read wrongly. */
  private CompletableFuture<LogHistory> scanLog() {
    scansLeft--;
    return scanOnce()
        .exceptionallyCompose(failure -> {
          if (scansLeft == 0 || !(OpenFailures.cause(failure) instanceof LogDamage damage)) {
            return CompletableFuture.failedFuture(failure);
          }
          logger.warn(
              "volume {}: the log is read again, in case it was read wrongly: {}",
              superblock.id(),
              damage.getMessage());
          return scanLog();
        });
  }

  /** Again, too, if what follows the log's end is whole when it is read once more. */
  private CompletableFuture<LogHistory> scanOnce() {
    LogScanner scanner = kinds.scanner(codec, segments, window);
    return scanner
        .scan()
        .thenCompose(found -> {
          LogTail tail = LogHistory.of(found, appliedSequence, superblock.mark()).tail();
          return scanner
              .isFollowed(tail)
              .thenCompose(misread ->
                  misread
                      ? scanAgain(tail)
                      : recovery.history(
                          found, appliedSequence, superblock.mark(), this::warnOfCut));
        });
  }

  private CompletableFuture<LogHistory> scanAgain(LogTail tail) {
    if (scansLeft == 0) {
      throw new VolumeOpenException(
          Reason.ENVIRONMENT,
          "the log reads differently each time, from group "
              + (tail.groupNumber() + 1)
              + " on: see the kernel's log and the disk's health");
    }
    logger.warn("volume {}: the log was read wrongly, and is read again", superblock.id());
    return scanLog();
  }

  private void warnOfCut(ScannedGroup last, long lostBlock) {
    logger.warn(
        "volume {}: the last group of the log, {} in {} with records {} to {}, is cut: block {} is"
            + " not what it says. {}",
        superblock.id(),
        last.header().number(),
        last.place(),
        last.header().firstSequence(),
        last.header().lastSequence(),
        lostBlock,
        LogRecovery.LOST_DATA);
  }

  /**
   * Overwrites what is torn, and where the next group goes, before anything is appended; but after
   * the index knows durably all that comes before. An opening that was cut off in between would
   * leave the next one a log that ends with a group which was acknowledged long ago, and which it
   * would check, and perhaps cut, as the last.
   */
  private CompletableFuture<Void> cutTorn() {
    LogTail tail = history.tail();
    CompletableFuture<Void> cut =
        cut(tail.segment(), tail.offsetBytes(), GroupCodec.MAX_GROUP_BYTES);
    for (ScannedGroup torn : history.torn()) {
      cut =
          cut.thenCompose(
              ignored -> cut(torn.segment(), torn.offsetBytes(), torn.header().groupBytes()));
    }
    return cut.thenCompose(ignored -> syncSegments());
  }

  private CompletableFuture<Void> cut(int segment, long offset, int bytes) {
    LogSegment log = segments.get(segment);
    int length = (int) Math.min(bytes, log.file().lengthBytes() - offset);
    if (length <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    return DiskFutures.write(log.file(), log.name(), zeros, length, offset)
        .thenAccept(ignored -> {});
  }

  private CompletableFuture<Void> syncDevices() {
    return DiskFutures.dataSync(extents, EXTENTS_NAME).thenCompose(ignored -> syncSegments());
  }

  private CompletableFuture<Void> syncSegments() {
    CompletableFuture<Integer> synced = CompletableFuture.completedFuture(0);
    for (LogSegment segment : segments) {
      synced = synced.thenCompose(ignored -> DiskFutures.dataSync(segment.file(), segment.name()));
    }
    return synced.thenAccept(ignored -> {});
  }

  private CompletableFuture<Void> replay() {
    return recovery
        .replay(history.groups(), appliedSequence, this::apply)
        .thenCompose(ignored ->
            Steps.onWorker(
                environment,
                () -> {
                  index.flush();
                  return null;
                }));
  }

  private CompletableFuture<Void> apply(List<Replayed> records) {
    replayedRecords += records.size();
    return Steps.onWorker(
        environment,
        () -> {
          batches.replay(records);
          return null;
        });
  }

  private CompletableFuture<Void> loadSpace() {
    long extentsBytes = extents.lengthBytes();
    return Steps.onWorker(
            environment,
            () ->
                new SpaceLoader(
                    index, options.regionSize(), extentsBytes, environment.space().usableBytes()))
        .thenAccept(loader -> space = loader);
  }

  private CompletableFuture<Void> raiseIncarnation() {
    long inLog = history.groups().isEmpty() ? 0 : history.groups().getLast().header().incarnation();
    // The lost copy may have been the newer one, with an incarnation that clients know already.
    int raise = superblockCopyLost ? 2 : 1;
    superblock =
        superblock.next(Math.max(superblock.incarnation(), inLog) + raise, segments.size());
    superblock.encode(window);
    return DiskFutures.writeDurably(
            superblockFile,
            Superblock.NAME,
            window,
            Superblock.SLOT_BYTES,
            superblock.offsetBytes())
        .thenAccept(ignored -> {});
  }

  private OpenedParts opened() {
    return new OpenedParts(
        superblock,
        superblockFile,
        extents,
        segments,
        codec,
        history.tail(),
        index,
        space.map(),
        space.holes(),
        mapMemory,
        space.usedBlocks(),
        space.diskUsableBytes(),
        new VolumeRecovery(
            replayedGroups(),
            replayedRecords,
            cutGroups(),
            environment.loop().monotonicNanos() - startNanos),
        zeros);
  }

  /** Those that had records for the index. The history also has the last one when it had not. */
  private int replayedGroups() {
    return (int)
        history.groups().stream()
            .filter(each -> each.header().lastSequence() > appliedSequence)
            .count();
  }

  /** A group's header may be there several times, from earlier attempts. */
  private int cutGroups() {
    return (int)
        history.torn().stream().mapToLong(each -> each.header().number()).distinct().count();
  }

  /** Gives back what an opening that failed has opened and taken; completes when all is closed. */
  private CompletableFuture<Void> cleanUp() {
    window.release();
    zeros.release();
    mapMemory.giveBack();
    List<CompletableFuture<?>> closings = new ArrayList<>();
    segments.forEach(segment -> closings.add(DiskFutures.close(segment.file(), segment.name())));
    if (superblockFile != null) {
      closings.add(DiskFutures.close(superblockFile, Superblock.NAME));
    }
    if (extents != null) {
      closings.add(DiskFutures.close(extents, EXTENTS_NAME));
    }
    if (index != null) {
      closings.add(
          Steps.onWorker(
              environment,
              () -> {
                index.close();
                return null;
              }));
    }
    return CompletableFuture.allOf(closings.toArray(CompletableFuture[]::new));
  }

  /** Ends an opening that failed: not before all is closed, since another one may follow. */
  private CompletableFuture<OpenedParts> failed(Throwable failure) {
    return cleanUp()
        .handle((ignored, closeFailure) -> {
          if (closeFailure != null) {
            failure.addSuppressed(closeFailure);
          }
          Steps.rethrow(failure);
          return null;
        });
  }
}
