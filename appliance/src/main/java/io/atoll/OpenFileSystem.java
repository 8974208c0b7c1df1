package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsStatus;
import io.atoll.fs.store.StoreFileSystem;
import io.atoll.fs.store.StoreSettings;
import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOptions;
import io.atoll.io.volume.VolumeRecovery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A file system with all that it stands on: disk, buffers, volume. Opened and closed on its home
 * loop.
 */
final class OpenFileSystem {
  private static final String INDEX_FOLDER = "index";

  private final Disk disk;
  private final BufferPools buffers;
  private final FileSystem fileSystem;
  private final boolean isNew;
  private final VolumeRecovery recovery;

  private OpenFileSystem(
      Disk disk,
      BufferPools buffers,
      FileSystem fileSystem,
      boolean isNew,
      VolumeRecovery recovery) {
    this.disk = disk;
    this.buffers = buffers;
    this.fileSystem = fileSystem;
    this.isNew = isNew;
    this.recovery = recovery;
  }

  /**
   * Opens the file system in {@code folder}, or makes it. To be called on {@code loop}.
   *
   * @param storage what is known of the disk below the folder
   * @param cacheBytes for the data that clients read
   * @param failed run when it can't make anything durable any more
   * @return fails with a {@link StartFailure} if what is there can't be opened
   */
  static Future<OpenFileSystem> open(
      EngineRuntime runtime,
      VertxLoop loop,
      FileSystemFolder folder,
      StorageFacts storage,
      long cacheBytes,
      Runnable failed) {
    BufferPools buffers = new BufferPools(cacheBytes);
    return openDisk(runtime, loop, storage)
        .compose(disk ->
            openVolume(folder.path(), environment(runtime, loop, storage, disk, buffers))
                .compose(volume ->
                    openStore(volume, loop, folder, buffers.cache(), failed)
                        .map(store ->
                            new OpenFileSystem(
                                disk,
                                buffers,
                                store,
                                store.id().equals(folder.idIfNew()),
                                volume.recovery())))
                .recover(
                    failure -> closeDisk(disk).transform(closed -> Future.failedFuture(failure))))
        .onFailure(failure -> buffers.close());
  }

  private static Future<Disk> openDisk(
      EngineRuntime runtime, VertxLoop loop, StorageFacts storage) {
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

  private static VolumeEnvironment environment(
      EngineRuntime runtime, VertxLoop loop, StorageFacts storage, Disk disk, BufferPools buffers) {
    Path folder = storage.directory();
    return new VolumeEnvironment(
        loop,
        runtime.workers(),
        runtime.checkpointWorkers(),
        disk,
        fresh -> RocksDbIndex.open(folder.resolve(INDEX_FOLDER), fresh, MemoryBounds.INDEX_BYTES),
        buffers.store()::take,
        buffers.replies()::take,
        () -> usableBytes(folder),
        storage.overwritesInPlace(),
        new SecureRandom());
  }

  private static long usableBytes(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Future<Volume> openVolume(Path folder, VolumeEnvironment environment) {
    Promise<Volume> opened = Promise.promise();
    LogVolume.open(
        environment,
        VolumeOptions.defaults(),
        (volume, failure) -> {
          if (failure == null) {
            opened.complete(volume);
          } else {
            opened.fail(
                new StartFailure(
                    Kind.STORE,
                    "the file system in " + folder + " can't be opened: " + failure.getMessage()));
          }
        });
    return opened.future();
  }

  private static Future<FileSystem> openStore(
      Volume volume,
      VertxLoop loop,
      FileSystemFolder folder,
      GranuleMemory memory,
      Runnable failed) {
    Promise<FileSystem> opened = Promise.promise();
    StoreFileSystem.open(
        volume,
        loop,
        new SecureRandom(),
        StoreSettings.DEFAULT,
        memory,
        folder.idIfNew(),
        (status, store) -> {
          if (status == FsStatus.OK) {
            opened.complete(store);
          } else {
            opened.fail(
                new StartFailure(
                    Kind.STORE,
                    "the file system in "
                        + folder.path()
                        + " can't be opened ("
                        + status
                        + "): the log above says what is wrong"));
          }
        });
    // A sequence that is never reached: only a fenced volume answers.
    volume.awaitCommit(Long.MAX_VALUE, status -> failed.run());
    return opened
        .future()
        .compose(store -> checkName(store, folder))
        .recover(failure -> closeVolume(volume).transform(closed -> Future.failedFuture(failure)));
  }

  private static Future<Void> closeVolume(Volume volume) {
    Promise<Void> closed = Promise.promise();
    volume.close(status -> closed.complete());
    return closed.future();
  }

  /** A folder under another's name is another file system, put there by mistake. */
  private static Future<FileSystem> checkName(FileSystem store, FileSystemFolder folder) {
    String name = folder.path().getFileName().toString();
    if (store.id().toString().equals(name)) {
      return Future.succeededFuture(store);
    }
    return Future.failedFuture(
        new StartFailure(
            Kind.STORE,
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

  /** For the payloads that clients send. */
  BufferSupply receiveBuffers() {
    return buffers.received()::take;
  }

  /** What its disk was asked to do so far. */
  IoCounters ioCounters() {
    return disk.counters();
  }

  /** Whether this opening made it. */
  boolean isNew() {
    return isNew;
  }

  /** What opening it did about a predecessor that did not close it in order. */
  VolumeRecovery recovery() {
    return recovery;
  }

  /**
   * Makes everything durable and closes; nobody may use the file system any more.
   *
   * @return OK if everything is on disk
   */
  Future<FsStatus> close() {
    Promise<FsStatus> closed = Promise.promise();
    fileSystem.close((status, nothing) -> closed.complete(status));
    return closed.future().eventually(() -> closeDisk(disk)).onComplete(done -> buffers.close());
  }

  private static Future<Void> closeDisk(Disk disk) {
    Promise<Void> closed = Promise.promise();
    disk.close((cookie, result) -> closed.complete(), 0);
    return closed.future();
  }
}
