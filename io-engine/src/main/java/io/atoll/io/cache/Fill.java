package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.BLOCK_BYTES;
import static io.atoll.io.cache.CacheLimits.GRANULE_BLOCKS;

import io.atoll.io.disk.Disk;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.DataLane;
import io.atoll.io.volume.Volume.StatusCallback;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One disk read of neighbouring blocks into the granules where they belong. If it fails, each block
 * is read by itself, so that only those that are damaged are missing. Reused. The range that begins
 * it pins granules and blocks until it has ended.
 */
final class Fill {
  private static final int FIRST_WAITERS = 4;

  private final DataCache cache;
  private final StatusCallback onRead = this::read;
  private final StatusCallback onBlockRead = this::blockRead;
  private final ByteBuf[] views = new ByteBuf[Disk.MAX_VECTOR_BUFFERS];

  /** For each view, the number in the cache of its first block. */
  private final int[] firstBlocks = new int[Disk.MAX_VECTOR_BUFFERS];

  private int pieces;
  private BlockRun run;
  private int[] crcs;
  private int crcsFrom;
  private CachedRange[] waiters = new CachedRange[FIRST_WAITERS];
  private int waiting;

  /** When blocks are read by themselves: which one, and the piece and the block in it. */
  private int block;

  private int blockPiece;
  private int blockInPiece;
  private VolumeStatus worst;

  Fill(DataCache cache) {
    this.cache = cache;
  }

  /** Whether no further granule fits. */
  boolean isFull() {
    return pieces == Disk.MAX_VECTOR_BUFFERS;
  }

  /** Adds {@code count} blocks of a granule, to be filled with the next ones of the run. */
  void add(int granule, int firstInGranule, int count) {
    views[pieces] =
        cache.memory.view(
            granule, firstInGranule * BLOCK_BYTES, (firstInGranule + count) * BLOCK_BYTES, null);
    firstBlocks[pieces] = granule * GRANULE_BLOCKS + firstInGranule;
    pieces++;
  }

  /** Whether the range could be told of the end; the last to ask may ask again. */
  boolean await(CachedRange range) {
    if (isLastWaiter(range)) {
      return true;
    }
    if (waiting == CacheLimits.MAX_WAITERS_PER_FILL) {
      return false;
    }
    if (waiting == waiters.length) {
      waiters = Arrays.copyOf(waiters, waiting * 2);
    }
    waiters[waiting++] = range;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // a range is itself alone
  boolean isLastWaiter(CachedRange range) {
    return waiting > 0 && waiters[waiting - 1] == range;
  }

  /**
   * Begins. The checksums must stay until the end.
   *
   * @param lane who reads; null for the home loop
   */
  void start(DataLane lane, long address, int blocks, int[] newCrcs, int newCrcsFrom) {
    run = new BlockRun(address, blocks);
    crcs = newCrcs;
    crcsFrom = newCrcsFrom;
    worst = VolumeStatus.OK;
    cache.counters().fills++;
    try {
      if (lane != null) {
        cache.volume.readBlocks(lane, run, crcs, crcsFrom, views, pieces, onRead);
      } else if (pieces == 1) {
        cache.volume.readBlocks(run, crcs, crcsFrom, views[0], views[0].readerIndex(), onRead);
      } else {
        cache.volume.readBlocks(run, crcs, crcsFrom, views, pieces, onRead);
      }
    } catch (RuntimeException defect) {
      // Those who wait must not wait for ever.
      cache.report(defect);
      read(VolumeStatus.IO_ERROR);
    }
  }

  private void read(VolumeStatus status) {
    if (status == VolumeStatus.DAMAGED && run.blocks() > 1) {
      block = 0;
      blockPiece = 0;
      blockInPiece = 0;
      readBlock();
      return;
    }
    worst = status;
    if (status == VolumeStatus.DAMAGED) {
      cache.counters().damagedBlocks++;
    }
    for (int i = 0; i < pieces; i++) {
      for (int j = 0; j < blocksOf(i); j++) {
        cache.filled(firstBlocks[i] + j, status == VolumeStatus.OK);
      }
    }
    end();
  }

  private void readBlock() {
    ByteBuf view = views[blockPiece];
    try {
      cache.volume.readBlocks(
          new BlockRun(run.address() + block, 1),
          crcs,
          crcsFrom + block,
          view,
          view.readerIndex() + blockInPiece * BLOCK_BYTES,
          onBlockRead);
    } catch (RuntimeException defect) {
      // The rest would meet it, too.
      cache.report(defect);
      giveUpBlocks();
    }
  }

  /** Leaves this block and those behind it missing. */
  private void giveUpBlocks() {
    worst = VolumeStatus.IO_ERROR;
    for (int piece = blockPiece; piece < pieces; piece++) {
      int from = piece == blockPiece ? blockInPiece : 0;
      for (int i = from; i < blocksOf(piece); i++) {
        cache.filled(firstBlocks[piece] + i, false);
      }
    }
    end();
  }

  private void blockRead(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      worst = status;
    }
    if (status == VolumeStatus.DAMAGED) {
      cache.counters().damagedBlocks++;
    }
    cache.filled(firstBlocks[blockPiece] + blockInPiece, status == VolumeStatus.OK);
    block++;
    blockInPiece++;
    if (blockInPiece == blocksOf(blockPiece)) {
      blockPiece++;
      blockInPiece = 0;
    }
    if (block < run.blocks()) {
      readBlock();
    } else {
      end();
    }
  }

  private int blocksOf(int piece) {
    return views[piece].readableBytes() / BLOCK_BYTES;
  }

  private void end() {
    for (int i = 0; i < pieces; i++) {
      views[i].release();
      views[i] = null;
    }
    pieces = 0;
    run = null;
    crcs = null;
    for (int i = 0; i < waiting; i++) {
      CachedRange waiter = waiters[i];
      waiters[i] = null;
      waiter.fillEnded(worst);
    }
    waiting = 0;
    cache.give(this);
  }
}
