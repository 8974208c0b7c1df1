package io.atoll.fs.store;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.DurableRecords;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsQuotas;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.ReadResult;
import io.atoll.io.cache.CacheCounters;
import io.atoll.io.cache.GranuleShare;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The file system in a {@link Volume}; see the package for how. Reading does not change a file's
 * access time.
 */
public final class StoreFileSystem implements FileSystem {
  /** What an object takes at least, to say how many there is room for. */
  private static final long NOMINAL_OBJECT_BYTES = 4096;

  private final Store store;
  private final Superblock superblock;
  private final Inode root;
  private final RecordMap records;
  private final StoreQuotas quotas;
  private final OperationPool<ReadOperation> reads;
  private final OperationPool<WriteOperation> writes;

  /**
   * @param root pinned, for as long as the file system is open
   */
  StoreFileSystem(Store store, Superblock superblock, Inode root) {
    this.store = store;
    this.superblock = superblock;
    this.root = root;
    records = new RecordMap(store);
    quotas = new StoreQuotas(store, root.handle());
    reads = new OperationPool<>(pool -> new ReadOperation(store, pool));
    writes = new OperationPool<>(pool -> new WriteOperation(store, pool));
  }

  /**
   * Opens the file system in {@code volume}, or makes one if the volume is empty: a root directory
   * that belongs to the superuser, with mode 0755. To be called on {@code loop}.
   *
   * @param random asked only here, for secrets: must be fit for secrets
   * @param memory for the data that are read; left when the file system has been closed
   * @param idIfNew identity of the file system if it is made
   * @param callback told the file system, or IO_ERROR if what the volume holds is damaged (the log
   *     says what), NOT_SUPPORTED if another version wrote it, or FENCED
   */
  public static void open(
      Volume volume,
      Loop loop,
      RandomGenerator random,
      StoreSettings settings,
      GranuleShare memory,
      FileSystemId idIfNew,
      FsCallback<StoreFileSystem> callback) {
    open(volume, loop, random, settings, memory, idIfNew, new StoreParts(), callback);
  }

  static void open(
      Volume volume,
      Loop loop,
      RandomGenerator random,
      StoreSettings settings,
      GranuleShare memory,
      FileSystemId idIfNew,
      StoreParts parts,
      FsCallback<StoreFileSystem> callback) {
    new StoreOpening(volume, loop, random, settings, memory, idIfNew, parts, callback).start();
  }

  @Override
  public void shareHeap(int fileSystems) {
    store.limitCaches(StoreSettings.DEFAULT.oneOf(fileSystems));
  }

  /**
   * Runs {@code task} when nothing can be made durable or told any more, until the file system is
   * closed and opened anew: its volume is fenced, or an exception has left memory in doubt. May run
   * more than once.
   */
  public void whenFenced(Runnable task) {
    store.whenInDoubt(task);
    // A sequence that is never reached: only a fenced volume answers.
    store.volume.awaitCommit(Long.MAX_VALUE, status -> task.run());
  }

  @Override
  public FileHandle root() {
    return root.handle();
  }

  @Override
  public FileSystemId id() {
    return superblock.id();
  }

  @Override
  public int maxTransferBytes() {
    return StoreLimits.MAX_TRANSFER_BYTES;
  }

  @Override
  public FileLimits limits() {
    return store.limits;
  }

  @Override
  public byte[] handleSecret() {
    return superblock.handleSecret().clone();
  }

  @Override
  public long writeVerifier() {
    return store.volume.incarnation();
  }

  @Override
  public void awaitDurable(long sequence, FsCallback<Void> callback) {
    if (store.isInDoubt()) {
      callback.done(FsStatus.FENCED, null);
      return;
    }
    if (sequence <= store.volume.commitSequence()) {
      callback.done(FsStatus.OK, null);
      return;
    }
    store.volume.awaitCommit(sequence, status -> callback.done(Store.status(status), null));
  }

  @Override
  public void statistics(FsCall call, FsCallback<FsStatistics> callback) {
    Volume.SpaceStatus space = store.volume.space();
    long available = Math.max(0, space.availableBytes());
    long freeFiles = available / NOMINAL_OBJECT_BYTES;
    callback.done(
        FsStatus.OK,
        new FsStatistics(
            space.totalBytes(),
            space.totalBytes() - space.usedBytes(),
            available,
            store.numbers.objects() + freeFiles,
            freeFiles,
            QuotaTree.bytes(store.numbers.objects(), store.quotas.ownBlocks()),
            QuotaLimits.NONE));
  }

  @Override
  public void statistics(FsCall call, FileHandle object, FsCallback<FsStatistics> callback) {
    new InodeOperation<>(
            store,
            call,
            object,
            callback,
            step ->
                statistics(
                    call,
                    (status, all) ->
                        step.succeed(
                            QuotaStatistics.of(store.quotas, step.inode().quotaTree, all))))
        .startReading();
  }

  // --- attributes ---

  @Override
  public void attributes(FsCall call, FileHandle file, FsCallback<Attributes> callback) {
    new InodeOperation<>(
            store, call, file, callback, step -> step.succeed(step.inode().attributes()))
        .startReading();
  }

  @Override
  public void setAttributes(
      FsCall call,
      FileHandle file,
      AttributeChanges changes,
      boolean openForWriting,
      FsCallback<Attributes> callback) {
    if (changes.has(AttributeChanges.SIZE)) {
      new TruncateOperation(store, call, file, changes, openForWriting, callback).start();
      return;
    }
    new InodeOperation<>(
            store,
            call,
            file,
            callback,
            step -> {
              Inode inode = step.inode();
              FsStatus status =
                  AttributeUpdate.check(
                      inode, changes, call.principal(), openForWriting, store.limits);
              if (status != FsStatus.OK) {
                step.fail(status);
                return;
              }
              if (!changes.isEmpty()) {
                AttributeUpdate.apply(inode, changes, call.principal(), store.now());
                store.change().inode(inode).append(call);
              }
              step.succeed(inode.attributes());
            })
        .startChanging();
  }

  @Override
  public void access(FsCall call, FileHandle file, int wanted, FsCallback<AccessResult> callback) {
    new InodeOperation<>(
            store,
            call,
            file,
            callback,
            step -> step.succeed(Permissions.access(step.inode(), call.principal(), wanted)))
        .startReading();
  }

  // --- names ---

  @Override
  public void pathOf(FsCall call, FileHandle directory, FsCallback<List<byte[]>> callback) {
    new PathOperation(store, call, directory, callback).startReading();
  }

  @Override
  public void lookup(
      FsCall call, FileHandle directory, byte[] name, FsCallback<Attributes> callback) {
    new LookupOperation(store, call, directory, name, callback).startReading();
  }

  @Override
  public void lookupParent(FsCall call, FileHandle directory, FsCallback<Attributes> callback) {
    new LookupParentOperation(store, call, directory, callback).startReading();
  }

  @Override
  public void create(
      FsCall call,
      FileHandle directory,
      byte[] name,
      CreateRequest request,
      FsCallback<CreateResult> callback) {
    new CreateOperation(store, call, directory, name, request, callback).startChanging();
  }

  @Override
  public void remove(
      FsCall call, FileHandle directory, byte[] name, FsCallback<ChangeInfo> callback) {
    new RemoveOperation(store, call, directory, name, callback).startChanging();
  }

  @Override
  public void rename(
      FsCall call,
      FileHandle fromDirectory,
      byte[] fromName,
      FileHandle toDirectory,
      byte[] toName,
      FsCallback<RenameResult> callback) {
    new RenameOperation(store, call, fromDirectory, fromName, toDirectory, toName, callback)
        .startChanging();
  }

  @Override
  public void link(
      FsCall call,
      FileHandle file,
      FileHandle directory,
      byte[] name,
      FsCallback<ChangeInfo> callback) {
    new LinkOperation(store, call, file, directory, name, callback).startChanging();
  }

  @Override
  public void readLink(FsCall call, FileHandle symlink, FsCallback<byte[]> callback) {
    new ReadLinkOperation(store, call, symlink, callback).startReading();
  }

  @Override
  public void readDirectory(
      FsCall call,
      FileHandle directory,
      long cookie,
      DirectoryVisitor visitor,
      FsCallback<DirectoryEnd> callback) {
    new ReadDirectoryOperation(store, call, directory, cookie, visitor, callback).startReading();
  }

  // --- content ---

  @Override
  public void read(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      int lengthBytes,
      FsCallback<ReadResult> callback) {
    reads.take().start(call, file, heldOpen, offsetBytes, lengthBytes, callback);
  }

  @Override
  public void write(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      ByteBuf data,
      Stability stability,
      FsCallback<WriteResult> callback) {
    writes.take().start(call, file, heldOpen, offsetBytes, data, stability, callback);
  }

  @Override
  public void commit(FsCall call, FileHandle file, FsCallback<Void> callback) {
    new InodeOperation<>(
            store,
            call,
            file,
            callback,
            step -> {
              FsStatus status = Permissions.content(step.inode());
              if (status != FsStatus.OK) {
                step.fail(status);
                return;
              }
              store.unstable.commit(call, step.inode());
              step.succeed(null);
            })
        .startReading();
  }

  // --- life ---

  @Override
  public void hold(FsCall call, FileHandle file, FsCallback<Void> callback) {
    new InodeOperation<>(
            store,
            call,
            file,
            callback,
            step -> {
              store.orphans.hold(step.inode());
              step.succeed(null);
            })
        .startReading();
  }

  @Override
  public void release(FileHandle file) {
    store.orphans.release(file);
  }

  @Override
  public void graceEnded() {
    store.orphans.graceEnded();
  }

  @Override
  public FsQuotas quotas() {
    return quotas;
  }

  @Override
  public DurableRecords records() {
    return records;
  }

  @Override
  public void close(FsCallback<Void> callback) {
    store.unstable.close();
    store.inodes.unpin(root);
    store.volume.close(status -> callback.done(Store.status(status), null));
  }

  /** What the cache of data has done since the opening. */
  public CacheCounters cacheCounters() {
    return store.data.counters();
  }

  /** For tests: the insides. */
  Store store() {
    return store;
  }
}
