package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.ReadResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads a part of a file into one buffer, which becomes the answer. Waits for nobody who writes: at
 * one moment it takes the addresses of all blocks, pins them against reuse, and then reads what was
 * there at that moment. Where a cache of data comes to stand, it stands before {@link #readBlocks}.
 *
 * <p>Reused; in the steady state a read allocates its answer and one {@link BlockRun} for each run.
 */
final class ReadOperation {
  private final Store store;
  private final OperationPool<ReadOperation> pool;
  private final ObjectCache.Waiter<Inode> onInode = this::inodeLoaded;
  private final ObjectCache.Waiter<SmallContent> onContent = this::contentLoaded;
  private final Volume.StatusCallback onBlocks = this::blocksRead;
  private final ChunkWindow window = new ChunkWindow(this::windowLoaded);
  private final int[] crcs = new int[StoreLimits.MAX_TRANSFER_BLOCKS];

  private FsCall call;
  private FileHandle handle;
  private boolean heldOpen;
  private long offset;
  private int length;
  private FsCallback<ReadResult> callback;

  private Inode inode;
  private SmallContent content;
  private ByteBuf buffer;
  private Volume.Pin blockPin;
  private boolean endOfFile;
  private int reading;
  private FsStatus worst;

  ReadOperation(Store store, OperationPool<ReadOperation> pool) {
    this.store = store;
    this.pool = pool;
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

  private void inodeLoaded(FsStatus status, Inode found) {
    inode = found;
    if (status != FsStatus.OK) {
      fail(status);
    } else if (found == null) {
      call.dependsOn(store.inodes.departedSequence());
      fail(FsStatus.STALE);
    } else if (found.generation != handle.generation()) {
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
    long end = offset >= inode.sizeBytes ? offset : Math.min(offset + length, inode.sizeBytes);
    endOfFile = end >= inode.sizeBytes;
    if (end <= offset) {
      succeed(Unpooled.EMPTY_BUFFER);
    } else if (inode.inline) {
      readContent((int) (end - offset));
    } else {
      long firstBlock = offset / ChunkMap.BLOCK_BYTES;
      long lastBlock = (end - 1) / ChunkMap.BLOCK_BYTES;
      if (window.covers(firstBlock, lastBlock)) {
        readBlocks(firstBlock, (int) (lastBlock - firstBlock) + 1, end);
      } else {
        window.unpin();
        window.load(store.chunks, inode.number, firstBlock, lastBlock);
      }
    }
  }

  private void windowLoaded() {
    if (window.status() == FsStatus.OK) {
      attempt();
    } else {
      fail(window.status());
    }
  }

  private void readContent(int bytes) {
    if (content == null || content.dropped) {
      unpinContent();
      store.contents.pin(inode.number, 0, null, onContent);
      return;
    }
    buffer = store.volume.buffer(bytes);
    if (buffer == null) {
      fail(FsStatus.DELAY);
      return;
    }
    buffer.setIndex(0, 0);
    content.read((int) offset, bytes, buffer);
    succeed(buffer);
  }

  private void contentLoaded(FsStatus status, SmallContent found) {
    content = found;
    if (status != FsStatus.OK) {
      fail(status);
    } else if (found == null && !inode.gone && inode.inline && inode.sizeBytes > 0) {
      fail(FsStatus.IO_ERROR); // an inline file without its content: the map is damaged
    } else {
      attempt();
    }
  }

  private void readBlocks(long firstBlock, int blocks, long end) {
    buffer = store.volume.buffer(blocks * ChunkMap.BLOCK_BYTES);
    if (buffer == null) {
      fail(FsStatus.DELAY);
      return;
    }
    int start = (int) (offset - firstBlock * ChunkMap.BLOCK_BYTES);
    buffer.setIndex(start, start + (int) (end - offset));
    call.dependsOn(window.lastSequence());
    blockPin = store.volume.pinBlocks();
    worst = FsStatus.OK;
    // One more than the runs, so that those that come at once don't end the reading too early.
    reading = 1;
    for (int i = 0; i < blocks; i++) {
      crcs[i] = window.crc(firstBlock + i);
    }
    int from = 0;
    while (from < blocks) {
      long address = window.address(firstBlock + from);
      int to = from + 1;
      while (to < blocks
          && window.address(firstBlock + to)
              == (address == ChunkMap.HOLE ? address : address + to - from)) {
        to++;
      }
      readRun(address, from, to - from);
      from = to;
    }
    window.unpin();
    blocksRead(VolumeStatus.OK);
  }

  private void readRun(long address, int from, int blocks) {
    int index = from * ChunkMap.BLOCK_BYTES;
    if (address == ChunkMap.HOLE) {
      buffer.setZero(index, blocks * ChunkMap.BLOCK_BYTES);
    } else {
      reading++;
      store.volume.readBlocks(new BlockRun(address, blocks), crcs, from, buffer, index, onBlocks);
    }
  }

  private void blocksRead(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      worst = Store.status(status);
    }
    if (--reading > 0) {
      return;
    }
    blockPin.release();
    blockPin = null;
    if (worst == FsStatus.OK) {
      succeed(buffer);
    } else {
      fail(worst);
    }
  }

  private void succeed(ByteBuf data) {
    buffer = null;
    finish(FsStatus.OK, new ReadResult(data, endOfFile));
  }

  private void fail(FsStatus status) {
    finish(status, null);
  }

  private void finish(FsStatus status, ReadResult result) {
    FsCallback<ReadResult> answer = callback;
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
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
    answer.done(status, result);
  }

  private void unpinContent() {
    if (content != null) {
      store.contents.unpin(content);
      content = null;
    }
  }
}
