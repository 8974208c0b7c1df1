package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Writes a part of a file: claims its blocks, loads their maps, has {@link BlockWriter} put the
 * data on disk at new addresses, and when it is there appends one record that says so. A file that
 * stays small enough is only a record. The answer waits for the record, unless the write is an
 * unstable one and {@link UnstableWrites} admits it.
 *
 * <p>Reused.
 */
final class WriteOperation {
  private final Store store;
  private final OperationPool<WriteOperation> pool;

  // The steps, each entered through step(), which makes an exception an end, too.
  private final Consumer<FsStatus> roomCame = this::roomCame;
  private final Consumer<FsStatus> inodeLoaded = this::inodeLoaded;
  private final Consumer<FsStatus> contentLoaded = this::contentLoaded;
  private final Consumer<FsStatus> converted = this::converted;
  private final Consumer<FsStatus> locked = this::locked;
  private final Consumer<FsStatus> windowLoaded = this::windowLoaded;
  private final Consumer<FsStatus> written = this::written;

  private final Volume.StatusCallback onRoom = status -> step(roomCame, Store.status(status));
  private final ObjectCache.Waiter<Inode> onInode =
      (status, found) -> {
        inode = found;
        step(inodeLoaded, status);
      };
  private final ObjectCache.Waiter<SmallContent> onContent =
      (status, found) -> {
        content = found;
        step(contentLoaded, status);
      };
  private final RangeLock lock = new RangeLock(() -> step(locked, FsStatus.OK));
  private final ChunkWindow window = new ChunkWindow(status -> step(windowLoaded, status));
  private final BlockWriter writer;

  private FsCall call;
  private FileHandle handle;
  private boolean heldOpen;
  private long offset;
  private int length;
  private ByteBuf data;
  private Stability stability;
  private FsCallback<WriteResult> callback;

  /** The last answer, for the next one that says the same. */
  private WriteResult lastResult = new WriteResult(0, Stability.FILE_SYNC);

  private Inode inode;
  private SmallContent content;

  WriteOperation(Store store, OperationPool<WriteOperation> pool) {
    this.store = store;
    this.pool = pool;
    writer = new BlockWriter(store, window, status -> step(written, status));
  }

  void start(
      FsCall newCall,
      FileHandle newHandle,
      boolean newHeldOpen,
      long offsetBytes,
      ByteBuf newData,
      Stability newStability,
      FsCallback<WriteResult> newCallback) {
    call = newCall;
    handle = newHandle;
    heldOpen = newHeldOpen;
    offset = offsetBytes;
    data = newData;
    stability = newStability;
    length = newData.readableBytes();
    callback = newCallback;
    if (store.isInDoubt()) {
      fail(FsStatus.FENCED);
    } else if (store.volume.congested()) {
      store.volume.awaitRoom(onRoom);
    } else {
      step(roomCame, FsStatus.OK);
    }
  }

  private void step(Consumer<FsStatus> step, FsStatus status) {
    try {
      step.accept(status);
    } catch (RuntimeException e) {
      FsStatus ended = store.defect("a write", e);
      if (writer.isBusy()) {
        writer.abort(ended);
      } else {
        fail(ended);
      }
    }
  }

  private void roomCame(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      store.inodes.pin(handle.inode(), 0, null, onInode);
    }
  }

  private void inodeLoaded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    if (inode == null) {
      call.dependsOn(store.inodes.departedSequence());
    }
    FsStatus checked =
        inode == null || inode.generation != handle.generation() ? FsStatus.STALE : check();
    if (checked != FsStatus.OK) {
      fail(checked);
    } else if (length == 0) {
      succeed(Stability.FILE_SYNC);
    } else {
      claim();
    }
  }

  private FsStatus check() {
    if (inode.gone) {
      return FsStatus.STALE;
    }
    FsStatus status = Permissions.writeContent(inode, call.principal(), heldOpen);
    if (status != FsStatus.OK) {
      return status;
    }
    if (offset < 0 || length > StoreLimits.MAX_TRANSFER_BYTES) {
      return FsStatus.INVALID;
    }
    return offset > store.limits.maxFileBytes() - length ? FsStatus.FILE_TOO_LARGE : FsStatus.OK;
  }

  // --- the claim ---

  /** The blocks; of an inline file all, as its content is one value. */
  private void claim() {
    if (inode.inline) {
      lock.over(0, RangeLock.END);
    } else {
      lock.over(firstBlock(), lastBlock());
    }
    inode.locks.acquire(lock);
  }

  private void locked(FsStatus granted) {
    FsStatus status = granted == FsStatus.OK ? check() : granted;
    if (status != FsStatus.OK) {
      fail(status);
    } else if (inode.isStuck(lock)) {
      fail(FsStatus.IO_ERROR);
    } else if (!inode.inline) {
      writeBlocks();
    } else if (!lock.isWhole()) {
      inode.locks.release(lock); // the file was emptied while this waited
      claim();
    } else if (end() <= StoreLimits.MAX_INLINE_BYTES) {
      writeInline();
    } else if (inode.sizeBytes == 0) {
      loadWindow();
    } else {
      InlineConversion.run(store, inode, call, ended -> step(converted, ended));
    }
  }

  private void converted(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else {
      writeBlocks();
    }
  }

  // --- inline ---

  private void writeInline() {
    FsStatus room = end() > inode.sizeBytes ? store.room() : FsStatus.OK;
    if (room != FsStatus.OK) {
      fail(room);
      return;
    }
    if (inode.sizeBytes > 0 && content == null) {
      store.contents.pin(inode.number, 0, null, onContent);
      return;
    }
    int size = (int) Math.max(inode.sizeBytes, end());
    byte[] value = SmallContent.resized(content, size);
    data.getBytes(data.readerIndex(), value, SmallContent.HEADER_BYTES + (int) offset, length);
    Change change = store.change();
    if (content == null) {
      content = new SmallContent(inode.number, value);
      change.newContent(content);
    } else {
      content.value = value;
      change.content(content);
    }
    append(change);
  }

  private void contentLoaded(FsStatus status) {
    if (status != FsStatus.OK || content == null) {
      fail(inode.gone ? FsStatus.STALE : status == FsStatus.OK ? FsStatus.IO_ERROR : status);
      return;
    }
    FsStatus checked = check(); // the owner may have forbidden it meanwhile
    if (checked != FsStatus.OK) {
      fail(checked);
    } else {
      writeInline();
    }
  }

  // --- blocks ---

  private void writeBlocks() {
    if (lock.isWhole()) {
      inode.locks.narrow(lock, firstBlock(), lastBlock());
    }
    loadWindow();
  }

  private void loadWindow() {
    window.load(store.chunks, inode.number, firstBlock(), lastBlock());
  }

  private void windowLoaded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else if (inode.gone) {
      fail(FsStatus.STALE);
    } else {
      FsStatus admitted = admitGrowth();
      if (admitted != FsStatus.OK) {
        fail(admitted);
      } else {
        writer.start(inode.number, data, offset, inode.sizeBytes, call.dataLoop());
      }
    }
  }

  /** Asked again when the blocks are on disk, as others may have grown meanwhile. */
  private FsStatus admitGrowth() {
    return store.quotas.isLimited(inode.quotaTree)
        ? store.quotas.admit(inode.quotaTree, 0, window.holes(firstBlock(), lastBlock()))
        : FsStatus.OK;
  }

  private void written(FsStatus status) {
    FsStatus checked = status == FsStatus.OK ? check() : status;
    if (checked == FsStatus.OK) {
      checked = admitGrowth();
    }
    if (checked != FsStatus.OK) {
      fail(checked);
      return;
    }
    Change change = store.change();
    inode.usedBlocks += writer.apply(change);
    window.put(change);
    inode.inline = false;
    append(change);
  }

  private void append(Change change) {
    inode.sizeBytes = Math.max(inode.sizeBytes, end());
    int mode = Permissions.modeAfterWrite(inode, call.principal());
    // What a mode forbids must not come back with a crash, as the data may.
    boolean unstable =
        stability == Stability.UNSTABLE
            && mode == inode.mode
            && store.unstable.admits(inode, change);
    inode.mode = mode;
    inode.modified(store.now());
    change.inode(inode);
    if (unstable) {
      change.appendLazily(inode);
    } else {
      change.append(call);
    }
    succeed(unstable ? Stability.UNSTABLE : Stability.FILE_SYNC);
  }

  // --- the end ---

  private void succeed(Stability reached) {
    if (lastResult.bytes() != length || lastResult.stability() != reached) {
      lastResult = new WriteResult(length, reached);
    }
    finish(FsStatus.OK, lastResult);
  }

  private void fail(FsStatus status) {
    finish(status, null);
  }

  private void finish(FsStatus status, WriteResult result) {
    writer.end();
    window.unpin();
    if (content != null) {
      store.contents.unpin(content);
      content = null;
    }
    data.release();
    data = null;
    if (inode != null) {
      call.dependsOn(inode.lastSequence);
    }
    FsCallback<WriteResult> answer = callback;
    call = null;
    handle = null;
    callback = null;
    try {
      answer.done(status, result);
    } catch (RuntimeException e) {
      store.defect("what follows a write", e);
    }
    // Only now may the next claim act, so that answers come in the order of effects.
    Inode changed = inode;
    inode = null;
    if (changed != null) {
      if (lock.granted) {
        changed.locks.release(lock);
      }
      store.inodes.unpin(changed);
    }
    pool.put(this);
  }

  private long end() {
    return offset + length;
  }

  private long firstBlock() {
    return offset / ChunkMap.BLOCK_BYTES;
  }

  private long lastBlock() {
    return (end() - 1) / ChunkMap.BLOCK_BYTES;
  }
}
