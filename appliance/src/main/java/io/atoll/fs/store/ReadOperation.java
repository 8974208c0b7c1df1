package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.ReadResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

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

  // The steps, each entered through step(), which makes an exception an end, too.
  private final Consumer<FsStatus> inodeLoaded = this::inodeLoaded;
  private final Consumer<FsStatus> contentLoaded = this::contentLoaded;
  private final Consumer<FsStatus> windowLoaded = this::windowLoaded;
  private final Consumer<FsStatus> runRead = this::runRead;

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
  private final Volume.StatusCallback onRun = status -> step(runRead, Store.status(status));
  private final ChunkWindow window = new ChunkWindow(status -> step(windowLoaded, status));

  /** Where each block lies, {@link ChunkMap#HOLE} if nowhere, and its checksum. */
  private final long[] addresses = new long[StoreLimits.MAX_TRANSFER_BLOCKS];

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
  private int blocks;

  /** The first block that has not been asked for. */
  private int nextBlock;

  private int runsInFlight;
  private boolean issuing;
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

  private void step(Consumer<FsStatus> step, FsStatus status) {
    try {
      step.accept(status);
    } catch (RuntimeException e) {
      issuing = false;
      worst = store.defect("a read", e);
      if (runsInFlight == 0) {
        fail(worst); // else the last run does
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
    buffer = store.volume.replyBuffer(bytes);
    if (buffer == null) {
      fail(FsStatus.DELAY);
      return;
    }
    buffer.setIndex(0, 0);
    content.read((int) offset, bytes, buffer);
    succeed(buffer);
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

  private void readBlocks(long firstBlock, int count, long end) {
    buffer = store.volume.replyBuffer(count * ChunkMap.BLOCK_BYTES);
    if (buffer == null) {
      fail(FsStatus.DELAY);
      return;
    }
    int start = (int) (offset - firstBlock * ChunkMap.BLOCK_BYTES);
    buffer.setIndex(start, start + (int) (end - offset));
    call.dependsOn(window.lastSequence());
    blockPin = store.volume.pinBlocks();
    blocks = count;
    for (int i = 0; i < count; i++) {
      addresses[i] = window.address(firstBlock + i);
      crcs[i] = window.crc(firstBlock + i);
    }
    window.unpin();
    nextBlock = 0;
    worst = FsStatus.OK;
    readRuns();
  }

  /** Reads as many runs at once as may be; each that ends makes room for another. */
  private void readRuns() {
    issuing = true;
    while (nextBlock < blocks
        && runsInFlight < StoreLimits.MAX_RUNS_IN_FLIGHT
        && worst == FsStatus.OK) {
      int from = nextBlock;
      nextBlock = endOfRun(from);
      readRun(addresses[from], from, nextBlock - from);
    }
    issuing = false;
    if (runsInFlight > 0) {
      return;
    }
    if (worst == FsStatus.OK) {
      succeed(buffer);
    } else {
      fail(worst);
    }
  }

  private int endOfRun(int from) {
    long address = addresses[from];
    int to = from + 1;
    while (to < blocks
        && addresses[to] == (address == ChunkMap.HOLE ? address : address + to - from)) {
      to++;
    }
    return to;
  }

  private void readRun(long address, int from, int count) {
    int index = from * ChunkMap.BLOCK_BYTES;
    if (address == ChunkMap.HOLE) {
      buffer.setZero(index, count * ChunkMap.BLOCK_BYTES);
    } else {
      runsInFlight++;
      store.volume.readBlocks(new BlockRun(address, count), crcs, from, buffer, index, onRun);
    }
  }

  private void runRead(FsStatus status) {
    runsInFlight--;
    if (status != FsStatus.OK) {
      worst = status;
    }
    if (!issuing) {
      readRuns(); // a run that ends at once leaves that to the loop that began it
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
    if (blockPin != null) {
      blockPin.release();
      blockPin = null;
    }
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
