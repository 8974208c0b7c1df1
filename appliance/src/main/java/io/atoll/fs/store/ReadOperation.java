package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.atoll.io.cache.CachedRange;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Reads a part of a file. Waits for nobody who writes: at one moment it takes the identities of all
 * blocks, and then has the cache of data find or read what was there at that moment. The answer is
 * the cache's own memory.
 *
 * <p>Reused; in the steady state a read allocates its answer alone.
 */
final class ReadOperation {
  private final Store store;
  private final OperationPool<ReadOperation> pool;

  // The steps, each entered through step(), which makes an exception an end, too.
  private final Consumer<FsStatus> inodeLoaded = this::inodeLoaded;
  private final Consumer<FsStatus> contentLoaded = this::contentLoaded;
  private final Consumer<FsStatus> windowLoaded = this::windowLoaded;
  private final Consumer<FsStatus> rangeRead = this::rangeRead;

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
  private final ChunkWindow window = new ChunkWindow(status -> step(windowLoaded, status));
  private final CachedRange range;

  private FsCall call;
  private FileHandle handle;
  private boolean heldOpen;
  private long offset;
  private int length;
  private FsCallback<ReadResult> callback;

  private Inode inode;
  private SmallContent content;
  private long end;
  private boolean endOfFile;

  /** What to end with when the disk has ended; null if nothing went wrong. */
  private FsStatus defect;

  ReadOperation(Store store, OperationPool<ReadOperation> pool) {
    this.store = store;
    this.pool = pool;
    range = new CachedRange(store.data, status -> step(rangeRead, Store.status(status)));
  }

  void start(
      FsCall newCall,
      FileHandle newHandle,
      boolean newHeldOpen,
      long offsetBytes,
      int lengthBytes,
      FsCallback<ReadResult> newCallback) {
    call = newCall;
    handle = newHandle;
    heldOpen = newHeldOpen;
    offset = offsetBytes;
    length = Math.min(lengthBytes, StoreLimits.MAX_TRANSFER_BYTES);
    callback = newCallback;
    store.inodes.pin(handle.inode(), 0, null, onInode);
  }

  private void step(Consumer<FsStatus> step, FsStatus status) {
    try {
      step.accept(status);
    } catch (RuntimeException e) {
      FsStatus ended = store.defect("a read", e);
      if (range.isBusy()) {
        defect = ended;
      } else {
        fail(ended);
      }
    }
  }

  private void inodeLoaded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else if (inode == null) {
      call.dependsOn(store.inodes.departedSequence());
      fail(FsStatus.STALE);
    } else if (inode.generation != handle.generation()) {
      fail(FsStatus.STALE);
    } else {
      attempt();
    }
  }

  private FsStatus check() {
    if (inode.gone) {
      return FsStatus.STALE;
    }
    FsStatus status = Permissions.readContent(inode, call.principal(), heldOpen);
    return status == FsStatus.OK && (offset < 0 || length < 0) ? FsStatus.INVALID : status;
  }

  /** Looks whether all is here, and loads or reads: see {@link Operation}. */
  private void attempt() {
    FsStatus status = check();
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    end = offset >= inode.sizeBytes ? offset : Math.min(offset + length, inode.sizeBytes);
    endOfFile = end >= inode.sizeBytes;
    if (end <= offset) {
      succeed(ReadResult.empty(endOfFile));
    } else if (inode.inline) {
      readContent((int) (end - offset));
    } else {
      long firstBlock = offset / ChunkMap.BLOCK_BYTES;
      long lastBlock = (end - 1) / ChunkMap.BLOCK_BYTES;
      if (window.covers(firstBlock, lastBlock)) {
        readBlocks(firstBlock, (int) (lastBlock - firstBlock) + 1);
      } else {
        window.unpin();
        window.load(store.chunks, inode.number, firstBlock, lastBlock);
      }
    }
  }

  private void windowLoaded(FsStatus status) {
    if (status == FsStatus.OK) {
      attempt();
    } else {
      fail(status);
    }
  }

  private void readContent(int bytes) {
    if (content == null || content.dropped) {
      unpinContent();
      store.contents.pin(inode.number, 0, null, onContent);
      return;
    }
    ByteBuf buffer = store.volume.replyBuffer(bytes);
    if (buffer == null) {
      fail(FsStatus.DELAY);
      return;
    }
    buffer.setIndex(0, 0);
    content.read((int) offset, bytes, buffer);
    succeed(new ReadResult(new ByteBuf[] {buffer}, endOfFile));
  }

  private void contentLoaded(FsStatus status) {
    if (status != FsStatus.OK) {
      fail(status);
    } else if (content == null && !inode.gone && inode.inline && inode.sizeBytes > 0) {
      fail(FsStatus.IO_ERROR); // an inline file without its content: the map is damaged
    } else {
      attempt();
    }
  }

  private void readBlocks(long firstBlock, int blocks) {
    ReadAhead ahead = store.readAhead;
    int stream = ahead.note(inode, offset, end);
    long number = inode.number;
    long sizeBytes = inode.sizeBytes;
    range.begin(number, firstBlock, blocks, ahead.access(stream));
    Loop by = call.dataLoop();
    if (by != null) {
      range.by(by);
    }
    for (int i = 0; i < blocks; i++) {
      long block = firstBlock + i;
      range.block(i, window.address(block), window.birth(block), window.crc(block));
    }
    call.dependsOn(window.lastSequence());
    window.unpin();
    range.start(); // may be this operation's end
    ahead.proceed(stream, number, sizeBytes, by);
  }

  private void rangeRead(FsStatus status) {
    if (defect != null) {
      fail(defect);
    } else if (status != FsStatus.OK) {
      fail(status);
    } else {
      ByteBuf[] pieces = new ByteBuf[CachedRange.pieces(offset, end)];
      if (range.lend(offset, end, pieces)) {
        succeed(new ReadResult(pieces, endOfFile));
      } else {
        fail(FsStatus.DELAY);
      }
    }
  }

  private void succeed(ReadResult result) {
    finish(FsStatus.OK, result);
  }

  private void fail(FsStatus status) {
    finish(status, null);
  }

  private void finish(FsStatus status, ReadResult result) {
    FsCallback<ReadResult> answer = callback;
    range.end();
    defect = null;
    window.unpin();
    unpinContent();
    if (inode != null) {
      call.dependsOn(inode.lastSequence);
      store.inodes.unpin(inode);
      inode = null;
    }
    call = null;
    handle = null;
    callback = null;
    pool.put(this);
    try {
      answer.done(status, result);
    } catch (RuntimeException e) {
      store.defect("what follows a read", e);
    }
  }

  private void unpinContent() {
    if (content != null) {
      store.contents.unpin(content);
      content = null;
    }
  }
}
