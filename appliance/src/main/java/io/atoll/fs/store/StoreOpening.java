package io.atoll.fs.store;

import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.cache.GranuleShare;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a volume's file system, or makes it: superblock, then inode numbers, then quotas, then the
 * inodes that were being written unstably, then the truncations that were interrupted, then the
 * root.
 */
final class StoreOpening {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
  private static final long ROOT_INODE = 1;
  private static final int ROOT_MODE = 0755;

  /** Every key begins with a letter. */
  private static final byte[] FIRST_KEY = {0};

  private static final byte[] END_OF_KEYS = {(byte) 0xff};

  private final Volume volume;
  private final Loop loop;
  private final RandomGenerator random;
  private final StoreSettings settings;
  private final GranuleShare memory;
  private final FileSystemId idIfNew;
  private final StoreParts parts;
  private final FsCallback<StoreFileSystem> callback;
  private Superblock superblock;
  private Store store;

  StoreOpening(
      Volume volume,
      Loop loop,
      RandomGenerator random,
      StoreSettings settings,
      GranuleShare memory,
      FileSystemId idIfNew,
      StoreParts parts,
      FsCallback<StoreFileSystem> callback) {
    this.volume = volume;
    this.loop = loop;
    this.random = random;
    this.settings = settings;
    this.memory = memory;
    this.idIfNew = idIfNew;
    this.parts = parts;
    this.callback = callback;
  }

  void start() {
    volume.get(Keys.SUPERBLOCK, (status, value) -> guarded(status, () -> superblock(value)));
  }

  private void guarded(VolumeStatus status, Runnable step) {
    if (status != VolumeStatus.OK) {
      fail(Store.status(status));
      return;
    }
    try {
      step.run();
    } catch (CorruptValueException e) {
      LOG.error("The file system can't be opened: {}", e.getMessage());
      fail(e.isOfOtherVersion() ? FsStatus.NOT_SUPPORTED : FsStatus.IO_ERROR);
    } catch (RuntimeException e) {
      LOG.error("The file system can't be opened", e);
      fail(FsStatus.IO_ERROR);
    }
  }

  private void superblock(byte[] value) {
    if (value == null) {
      volume.scan(FIRST_KEY, END_OF_KEYS, 1, (status, any) -> guarded(status, () -> createIn(any)));
      return;
    }
    superblock = Superblock.decode(value);
    volume.get(Keys.INODE_NUMBERS, (status, numbers) -> guarded(status, () -> numbers(numbers)));
  }

  private void numbers(byte[] value) {
    if (value == null) {
      throw new CorruptValueException("there is a superblock, but no reservation of inode numbers");
    }
    InodeNumbers numbers = InodeNumbers.decode(value);
    store = new Store(volume, loop, random, settings, memory, numbers, parts);
    store.quotas.load(superblock, this::quotasLoaded);
  }

  private void quotasLoaded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      store.unstable.recover(this::unstableRecovered);
    }
  }

  private void unstableRecovered(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      store.trims.resume(this::trimsResumed);
    }
  }

  private void trimsResumed(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      store.orphans.resume();
      store.quotas.resume();
      pinRoot();
    }
  }

  private void pinRoot() {
    store.inodes.pin(
        superblock.rootInode(),
        0,
        null,
        (status, root) -> {
          if (status != FsStatus.OK) {
            fail(status);
          } else if (root == null) {
            LOG.error("The file system can't be opened: there is no root directory");
            fail(FsStatus.IO_ERROR);
          } else {
            callback.done(FsStatus.OK, new StoreFileSystem(store, superblock, root));
          }
        });
  }

  /** A file system is made in one record: where there is anything, it was made, and is damaged. */
  private void createIn(List<Volume.Entry> any) {
    if (!any.isEmpty()) {
      throw new CorruptValueException("there is no superblock, but there are other entries");
    }
    create();
  }

  private void create() {
    superblock = Superblock.create(idIfNew, random, ROOT_INODE, loop.wallClockNanos());
    InodeNumbers numbers = InodeNumbers.startingAt(ROOT_INODE);
    store = new Store(volume, loop, random, settings, memory, numbers, parts);
    store.quotas.startWith(superblock);
    Change change = store.change().put(Keys.SUPERBLOCK, superblock.encode());
    InodeNumbers.Run run = numbers.newRun();
    Inode root = new Inode(numbers.take(run, change), store.newGeneration(), FileType.DIRECTORY);
    root.numbers = run;
    long now = store.now();
    root.mode = ROOT_MODE;
    root.links = 2;
    root.parent = root.number;
    root.nextCookie = DirectoryVisitor.FIRST_COOKIE;
    root.atimeNanos = now;
    root.mtimeNanos = now;
    root.ctimeNanos = now;
    root.btimeNanos = now;
    root.change = 1;
    change.newInode(root).append(null);
    volume.awaitCommit(
        root.lastSequence,
        status -> {
          if (status == VolumeStatus.OK) {
            callback.done(FsStatus.OK, new StoreFileSystem(store, superblock, root));
          } else {
            fail(Store.status(status));
          }
        });
  }

  private void fail(FsStatus status) {
    callback.done(status, null);
  }
}
