package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.scrub.ScrubStatus;
import io.atoll.fs.scrub.Scrubber;
import io.atoll.fs.store.StoreFileSystem;
import io.atoll.fs.store.StoreSettings;
import io.atoll.io.cache.CacheCounters;
import io.atoll.io.cache.GranuleShare;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.IndexMemory;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.space.MapMemory;
import io.atoll.io.volume.DataLane;
import io.atoll.io.volume.DiskSpace;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeCounters;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOpenException;
import io.atoll.io.volume.VolumeOptions;
import io.atoll.io.volume.VolumeRecovery;
import io.atoll.modes.meter.StorageMetering;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file system with all that it stands on: disk, buffers, volume. Opened and closed on its home
 * loop.
 */
final class OpenFileSystem {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFileSystem.class);
  private static final String INDEX_FOLDER = "index";

  /** How long buffers that are out at the end may take to come back. */
  private static final long BUFFER_RETURN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long BUFFER_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final VertxLoop loop;
  private final Disk disk;
  private final LaneDisks laneDisks;
  private final FileSystemMemory memory;
  private final BufferPools buffers;
  private final Volume volume;
  private final FileSystem fileSystem;
  private final Supplier<CacheCounters.Snapshot> cacheFigures;
  private final boolean isNew;

  /** Null if nobody asked for one. */
  private Scrubber scrubber;

  private boolean volumeClosed;

  OpenFileSystem(
      VertxLoop loop,
      Disk disk,
      LaneDisks laneDisks,
      FileSystemMemory memory,
      BufferPools buffers,
      Volume volume,
      FileSystem fileSystem,
      Supplier<CacheCounters.Snapshot> cacheFigures,
      boolean isNew) {
    this.loop = loop;
    this.disk = disk;
    this.laneDisks = laneDisks;
    this.memory = memory;
    this.buffers = buffers;
    this.volume = volume;
    this.fileSystem = fileSystem;
    this.cacheFigures = cacheFigures;
    this.isNew = isNew;
  }

  /**
   * Opens the file system in {@code folder}, or makes it. To be called on {@code loop}.
   *
   * @param storage what is known of the disk below the folder
   * @param memory where its buffers and its cache come from, and go when it is closed
   * @param indexes memory of the node's indexes
   * @param fenced run when it can't make anything durable any more, perhaps more than once
   * @return fails with a {@link StartFailure} if what is there can't be opened
   */
  static Future<OpenFileSystem> open(
      EngineRuntime runtime,
      VertxLoop loop,
      FileSystemFolder folder,
      StorageFacts storage,
      FileSystemMemory memory,
      IndexMemory indexes,
      Runnable fenced) {
    return open(
        runtime,
        loop,
        folder,
        storage,
        memory,
        indexes,
        UnaryOperator.identity(),
        FileLimits.HIGHEST,
        LogVolume::open,
        fenced);
  }

  /**
   * As the other, by parts.
   *
   * @param disks what to put in place of the disk
   * @param limits how large its objects may get
   * @param volumes opens the volume
   */
  static Future<OpenFileSystem> open(
      EngineRuntime runtime,
      VertxLoop loop,
      FileSystemFolder folder,
      StorageFacts storage,
      FileSystemMemory memory,
      IndexMemory indexes,
      UnaryOperator<Disk> disks,
      FileLimits limits,
      VolumeOpening volumes,
      Runnable fenced) {
    return memory
        .take()
        .compose(buffers ->
            openDisk(runtime, loop, storage)
                .map(disks)
                .compose(disk ->
                    LaneDisks.open(runtime, loop, buffers.elsewhere(), storage, disks)
                        .compose(lanes ->
                            openParts(
                                    runtime, loop, folder, storage, memory, indexes, buffers, disk,
                                    lanes, limits, volumes, fenced)
                                .recover(failure ->
                                    lanes
                                        .close()
                                        .transform(closed -> Future.failedFuture(failure))))
                        .recover(failure ->
                            closeDisk(disk).transform(closed -> Future.failedFuture(failure))))
                .onFailure(failure -> memory.giveBack(buffers)));
  }

  private static Future<OpenFileSystem> openParts(
      EngineRuntime runtime,
      VertxLoop loop,
      FileSystemFolder folder,
      StorageFacts storage,
      FileSystemMemory memory,
      IndexMemory indexes,
      BufferPools buffers,
      Disk disk,
      LaneDisks lanes,
      FileLimits limits,
      VolumeOpening volumes,
      Runnable fenced) {
    return openVolume(
            folder.path(), environment(runtime, loop, storage, disk, buffers, indexes), volumes)
        .compose(volume ->
            lanes
                .addTo(volume)
                .map(volume)
                .recover(failure ->
                    closeVolume(volume).transform(closed -> Future.failedFuture(failure))))
        .compose(volume ->
            openStore(volume, loop, folder, buffers.cache(), limits, fenced)
                .map(store ->
                    new OpenFileSystem(
                        loop,
                        disk,
                        lanes,
                        memory,
                        buffers,
                        volume,
                        store,
                        store.cacheCounters()::snapshot,
                        store.id().equals(folder.idIfNew()))));
  }

  static Future<Disk> openDisk(EngineRuntime runtime, VertxLoop loop, StorageFacts storage) {
    Promise<Disk> opened = Promise.promise();
    runtime.openDisk(
        loop,
        storage,
        (disk, result) -> {
          if (result == 0) {
            opened.complete(disk);
          } else {
            opened.fail(
                new StartFailure(
                    Kind.DATA_DIRECTORY,
                    "the folder "
                        + storage.directory()
                        + " can't be opened (errno "
                        + -result
                        + ")"));
          }
        });
    return opened.future();
  }

  static VolumeEnvironment environment(
      EngineRuntime runtime,
      VertxLoop loop,
      StorageFacts storage,
      Disk disk,
      BufferPools buffers,
      IndexMemory indexes) {
    Path folder = storage.directory();
    return new VolumeEnvironment(
        loop,
        runtime.workers(),
        runtime.checkpointWorkers(),
        disk,
        fresh -> RocksDbIndex.open(folder.resolve(INDEX_FOLDER), fresh, indexes),
        buffers.store(),
        buffers.replies(),
        DiskSpace.of(storage.deviceNumber(), () -> usableBytes(folder)),
        storage.overwritesInPlace(),
        MapMemory.ofThisProcess(),
        new SecureRandom());
  }

  private static long usableBytes(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Future<Volume> openVolume(
      Path folder, VolumeEnvironment environment, VolumeOpening volumes) {
    Promise<Volume> opened = Promise.promise();
    volumes.open(
        environment,
        VolumeOptions.defaults(),
        (volume, failure) -> {
          if (failure == null) {
            opened.complete(volume);
          } else {
            opened.fail(notOpened(folder, failure));
          }
        });
    return opened.future();
  }

  private static RuntimeException notOpened(Path folder, VolumeOpenException failure) {
    String what = "the file system in " + folder + " can't be opened: " + failure.getMessage();
    return switch (failure.reason()) {
      case DAMAGE -> new StartFailure(Kind.STORE, what);
      case VERSION -> new StartFailure(Kind.STORE_VERSION, what);
      case ENVIRONMENT -> new StartFailure(Kind.DATA_DIRECTORY, what);
      case DEFECT -> new IllegalStateException(what, failure);
    };
  }

  private static Kind kindOf(FsStatus status) {
    return switch (status) {
      case FENCED -> Kind.DATA_DIRECTORY;
      case NOT_SUPPORTED -> Kind.STORE_VERSION;
      default -> Kind.STORE;
    };
  }

  private static Future<StoreFileSystem> openStore(
      Volume volume,
      VertxLoop loop,
      FileSystemFolder folder,
      GranuleShare memory,
      FileLimits limits,
      Runnable fenced) {
    Promise<StoreFileSystem> opened = Promise.promise();
    StoreFileSystem.open(
        volume,
        loop,
        new SecureRandom(),
        StoreSettings.withLimits(limits),
        memory,
        folder.idIfNew(),
        (status, store) -> {
          if (status == FsStatus.OK) {
            store.whenFenced(fenced);
            opened.complete(store);
          } else {
            opened.fail(
                new StartFailure(
                    kindOf(status),
                    "the file system in "
                        + folder.path()
                        + " can't be opened ("
                        + status
                        + "): the log above says what is wrong"));
          }
        });
    return opened
        .future()
        .compose(store -> checkName(store, folder))
        .recover(failure -> closeVolume(volume).transform(closed -> Future.failedFuture(failure)));
  }

  static Future<Void> closeVolume(Volume volume) {
    Promise<Void> closed = Promise.promise();
    volume.close(status -> closed.complete());
    return closed.future();
  }

  /** A folder under another's name is another file system, put there by mistake. */
  private static Future<StoreFileSystem> checkName(StoreFileSystem store, FileSystemFolder folder) {
    String name = folder.path().getFileName().toString();
    if (store.id().toString().equals(name)) {
      return Future.succeededFuture(store);
    }
    return Future.failedFuture(
        new StartFailure(
            Kind.DATA_DIRECTORY,
            "the folder "
                + folder.path()
                + " holds the file system "
                + store.id()
                + ": give the folder that name again"));
  }

  FileSystemId id() {
    return fileSystem.id();
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** The loops that clients' sockets may be on, the home loop last. */
  List<SocketLoop> socketLoops() {
    List<SocketLoop> all = new ArrayList<>(buffers.elsewhere());
    all.add(new SocketLoop(loop, buffers.received()));
    return all;
  }

  /** Who moves its data on {@code loop}; null if nobody does. */
  DataLane lane(Loop loop) {
    return volume.lane(loop);
  }

  /** What its cache of data has done so far. On the home loop; elsewhere an estimate. */
  CacheCounters.Snapshot cacheFigures() {
    return cacheFigures.get();
  }

  /** What its disk was asked to do so far. */
  IoCounters ioCounters() {
    return disk.counters();
  }

  /** What its ring is doing at the moment. */
  int operationsInFlight() {
    return disk.operationsInFlight() + laneDisks.operationsInFlight();
  }

  /** Bytes of its buffers that are out. */
  long bufferBytesInUse() {
    return buffers.outstandingBytes();
  }

  /** What its content was compared with so far, since it was opened; null if nobody does. */
  ScrubStatus scrubStatus() {
    return scrubber == null ? null : scrubber.status();
  }

  /** Its size as storage is metered. */
  long meteredBytes() {
    long[] metered = {StorageMetering.EMPTY_FILE_SYSTEM_BYTES};
    // Answered at once.
    fileSystem.statistics(
        new FsCall(Principal.NOBODY),
        (status, counts) -> {
          if (status == FsStatus.OK) {
            metered[0] =
                StorageMetering.fileSystemBytes(
                    counts.totalFiles() - counts.freeFiles(),
                    Math.ceilDiv(
                        counts.totalBytes() - counts.freeBytes(), StorageMetering.BLOCK_BYTES));
          }
        });
    return metered[0];
  }

  /** What its store has done so far. */
  VolumeCounters volumeCounters() {
    return volume.counters();
  }

  /** How much more its disk must have free for anything to be added; 0 if something can be. */
  long missingBytes() {
    return volume.missingBytes();
  }

  /** What its volume was fenced for; null if it is not, or if what it met was a defect above. */
  String whyFenced() {
    return volume.whyFenced();
  }

  /** What its files take of its disk, in whole blocks. */
  long usedBytes() {
    return volume.space().usedBytes();
  }

  /** Whether this opening made it. */
  boolean isNew() {
    return isNew;
  }

  /** What opening it did about a predecessor that did not close it in order. */
  VolumeRecovery recovery() {
    return volume.recovery();
  }

  /**
   * Begins to compare all content with its checksums, in the background.
   *
   * @param bytesPerSecond the most that it reads; 0 for not at all
   */
  void scrub(long bytesPerSecond) {
    if (bytesPerSecond > 0) {
      scrubber = new Scrubber(volume, loop, bytesPerSecond, this::diskOperations);
      scrubber.start();
    }
  }

  private long diskOperations() {
    IoCounters.Snapshot all = disk.counters().snapshot();
    return all.reads() + all.writes() + laneDisks.operations();
  }

  /**
   * Makes everything durable, unless it is fenced, and closes; nobody may use the file system any
   * more.
   *
   * @return OK if everything is on disk; fails after a defect, or if buffers are still out after a
   *     while. Whether its files are closed all the same says {@link #volumeClosed}
   */
  Future<FsStatus> close() {
    return Future.<Void>succeededFuture()
        .compose(begun -> closeStore())
        .onSuccess(closed -> {
          volumeClosed = true;
          LOG.info("closed {}; it had done: {}, {}", id(), ioCounters().snapshot(), cacheFigures());
        })
        // A store that throws may not have come to its volume, whose files must not stay open.
        .recover(defect ->
            closeVolume(volume)
                .onSuccess(closed -> volumeClosed = true)
                .transform(closed -> Future.failedFuture(defect)))
        .eventually(laneDisks::close)
        .eventually(() -> closeDisk(disk))
        .eventually(this::buffersReturned)
        .eventually(this::giveMemoryBack);
  }

  /** Whether nothing of its files is open any more; without that, they can't be opened again. */
  boolean volumeClosed() {
    return volumeClosed;
  }

  private Future<Void> giveMemoryBack() {
    return memory.giveBack(buffers)
        ? Future.succeededFuture()
        : Future.failedFuture(
            new IllegalStateException("buffers of a file system that is closed are still out"));
  }

  private Future<FsStatus> closeStore() {
    if (scrubber != null) {
      scrubber.stop();
    }
    Promise<FsStatus> closed = Promise.promise();
    fileSystem.close((status, nothing) -> closed.complete(status));
    return closed.future();
  }

  /** What the kernel still has of connections that are cut comes back a little later. */
  private Future<Void> buffersReturned() {
    Promise<Void> returned = Promise.promise();
    awaitBuffers(returned, loop.monotonicNanos());
    return returned.future();
  }

  private void awaitBuffers(Promise<Void> returned, long sinceNanos) {
    if (buffers.areComplete() || loop.monotonicNanos() - sinceNanos > BUFFER_RETURN_NANOS) {
      returned.complete();
    } else {
      loop.schedule(BUFFER_CHECK_NANOS, () -> awaitBuffers(returned, sinceNanos));
    }
  }

  static Future<Void> closeDisk(Disk disk) {
    Promise<Void> closed = Promise.promise();
    disk.close((cookie, result) -> closed.complete(), 0);
    return closed.future();
  }

  /** Opens a volume: {@link LogVolume#open}, or {@link LogVolume#openExisting}. */
  @FunctionalInterface
  interface VolumeOpening {
    void open(VolumeEnvironment environment, VolumeOptions options, LogVolume.Opened opened);
  }
}
