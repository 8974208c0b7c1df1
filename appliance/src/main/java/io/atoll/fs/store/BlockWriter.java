package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.DataLane;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts data on disk in new blocks. Whole blocks that lie in memory as the disk wants them are
 * written from where they are, and only a block at an edge that is not all new is made up in a
 * buffer of the volume's, from its old content and the new; other data is copied there once.
 *
 * <p>Reused. {@link #start}, then the callback, then perhaps {@link #apply}, then {@link #end}.
 */
final class BlockWriter {
  private static final int BLOCK = ChunkMap.BLOCK_BYTES;

  private final Store store;
  private final Volume volume;
  private final BlockChecksums checksums;
  private final ChunkWindow window;
  private final Consumer<FsStatus> onWritten;
  private final Volume.StatusCallback onEdgeRead = this::edgeRead;
  private final Volume.StatusCallback onRunWritten = this::runWritten;
  private final int[] crcs = new int[StoreLimits.MAX_TRANSFER_BLOCKS];
  private final int[] edgeCrcs = new int[2];

  /** Who sums and writes; null for the home loop. */
  private DataLane lane;

  private long inode;
  private ByteBuf data;
  private long offset;
  private int length;
  private long sizeBytes;

  /** Written, and not yet in a record; else empty. */
  private List<BlockRun> runs = List.of();

  /** Whether these are of the share of the reserve that overwrites have. */
  private boolean overwriting;

  private long firstBlock;
  private int blocks;

  /** Bytes of the first block before the data, and of the last after them. */
  private int headGap;

  private int tailGap;

  /** Whether whole blocks go from {@link #data} to disk as they lie. */
  private boolean direct;

  /** All blocks, or with {@link #direct} those at the edges; null if there are none. */
  private ByteBuf made;

  /** While old blocks are read: the file may be removed meanwhile, and its blocks reused. */
  private Volume.Pin pin;

  private int pending;
  private FsStatus worst;

  /**
   * @param window the maps of the blocks, loaded by the caller before {@link #start}
   */
  BlockWriter(Store store, ChunkWindow window, Consumer<FsStatus> onWritten) {
    this.store = store;
    volume = store.volume;
    checksums = store.checksums;
    this.window = window;
    this.onWritten = onWritten;
  }

  /**
   * @param ofInode the file's number
   * @param newData stays the caller's
   * @param fileBytes the file's length; what lies behind it in its last block is zeros
   * @param by who is to sum and write, if the volume has a lane there; null for the home loop
   */
  void start(long ofInode, ByteBuf newData, long offsetBytes, long fileBytes, Loop by) {
    lane = by == null ? null : volume.lane(by);
    inode = ofInode;
    data = newData;
    offset = offsetBytes;
    length = newData.readableBytes();
    sizeBytes = fileBytes;
    firstBlock = offset / BLOCK;
    blocks = (int) ((offset + length - 1) / BLOCK - firstBlock) + 1;
    headGap = (int) (offset % BLOCK);
    tailGap = (int) ((firstBlock + blocks) * BLOCK - offset - length);
    direct = isAligned() && wholeBlocks() > 0 && (lane == null || isAlone());
    if (!allocate()) {
      return;
    }
    int madeBlocks = direct ? (headGap > 0 ? 1 : 0) + (tailGap > 0 ? 1 : 0) : blocks;
    if (madeBlocks > 0) {
      made = volume.buffer(madeBlocks * BLOCK);
      if (made == null) {
        onWritten.accept(FsStatus.DELAY);
        return;
      }
    }
    worst = FsStatus.OK;
    readEdges();
  }

  /** Takes new blocks; if there are none, the writer is told why, and false returned. */
  private boolean allocate() {
    runs = volume.allocate(blocks, AllocationClass.DATA);
    if (!runs.isEmpty()) {
      return true;
    }
    if (!replaces()) {
      onWritten.accept(store.noBlocks());
      return false;
    }
    runs = volume.allocate(blocks, AllocationClass.OVERWRITE);
    if (runs.isEmpty()) {
      onWritten.accept(store.noBlocksToOverwrite());
      return false;
    }
    overwriting = true;
    store.overwriting++;
    return true;
  }

  /** Whether each block takes the place of one that the file has. */
  private boolean replaces() {
    int block = 0;
    while (block < blocks && window.address(firstBlock + block) != ChunkMap.HOLE) {
      block++;
    }
    return block == blocks;
  }

  private boolean isAligned() {
    return data.hasMemoryAddress()
        && ((data.memoryAddress() + data.readerIndex() - offset) & (BLOCK - 1)) == 0;
  }

  /**
   * Whether the data's buffer is theirs alone. A buffer keeps one view of its memory for whoever
   * sums it: a lane must not use that of one in which other requests lie, too.
   */
  private boolean isAlone() {
    return data.unwrap() == null;
  }

  private int wholeBlocks() {
    return blocks - (headGap > 0 ? 1 : 0) - (tailGap > 0 && (blocks > 1 || headGap == 0) ? 1 : 0);
  }

  // --- the edges ---

  private void readEdges() {
    pending = 1;
    boolean headOld = headGap > 0;
    boolean tailOld = tailGap > 0 && offset + length < sizeBytes;
    if (blocks == 1) {
      if (headOld || tailOld) {
        readEdge(0, 0);
      } else if (tailGap > 0) {
        made.setZero(0, BLOCK);
      }
    } else {
      if (headOld) {
        readEdge(0, 0);
      }
      if (tailOld) {
        readEdge(blocks - 1, 1);
      } else if (tailGap > 0) {
        made.setZero(madeIndex(blocks - 1), BLOCK);
      }
    }
    edgeRead(VolumeStatus.OK);
  }

  private void readEdge(int block, int which) {
    long address = window.address(firstBlock + block);
    if (address == ChunkMap.HOLE) {
      made.setZero(madeIndex(block), BLOCK);
    } else if (!store.data.copyOut(
        inode,
        firstBlock + block,
        address,
        window.birth(firstBlock + block),
        made,
        madeIndex(block))) {
      readEdge(block, which, address);
    }
  }

  private void readEdge(int block, int which, long address) {
    if (pin == null) {
      pin = volume.pinBlocks();
    }
    edgeCrcs[which] = window.crc(firstBlock + block);
    pending++;
    try {
      volume.readBlocks(
          new BlockRun(address, 1), edgeCrcs, which, made, madeIndex(block), onEdgeRead);
    } catch (RuntimeException defect) {
      pending--; // nobody calls back
      throw defect;
    }
  }

  private void edgeRead(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      worst = Store.status(status);
    }
    if (--pending > 0) {
      return;
    }
    if (pin != null) {
      pin.release();
      pin = null;
    }
    if (worst != FsStatus.OK) {
      onWritten.accept(worst);
      return;
    }
    pending = 1;
    try {
      write();
    } catch (RuntimeException defect) {
      worst = store.defect("writing blocks", defect);
    }
    runWritten(VolumeStatus.OK);
  }

  // --- the blocks ---

  private void write() {
    make();
    if (lane == null) {
      sum();
    }
    int block = 0;
    for (int i = 0; i < runs.size(); i++) {
      writeRun(runs.get(i), block);
      block += runs.get(i).blocks();
    }
  }

  /** Puts the data beside what was there, in the blocks that are made up. */
  private void make() {
    if (!direct) {
      made.setBytes(headGap, data, data.readerIndex(), length);
      return;
    }
    if (headGap > 0) {
      made.setBytes(headGap, data, data.readerIndex(), BLOCK - headGap);
    }
    if (tailGap > 0) {
      int last = blocks - 1;
      made.setBytes(madeIndex(last), data, dataIndex(last), BLOCK - tailGap);
    }
  }

  private void sum() {
    int block = 0;
    while (block < blocks) {
      int count = sameBuffer(block);
      checksums.ofBlocks(bufferOf(block), indexOf(block), count, crcs, block);
      block += count;
    }
  }

  /** One write for each buffer that the run's blocks lie in. */
  private void writeRun(BlockRun run, int block) {
    int done = 0;
    while (done < run.blocks()) {
      int from = block + done;
      int count = Math.min(run.blocks() - done, sameBuffer(from));
      BlockRun part = count == run.blocks() ? run : new BlockRun(run.address() + done, count);
      write(part, from);
      done += count;
    }
  }

  private void write(BlockRun part, int from) {
    pending++;
    try {
      if (lane == null) {
        volume.writeBlocks(part, bufferOf(from), indexOf(from), onRunWritten);
      } else {
        volume.writeBlocks(lane, part, bufferOf(from), indexOf(from), crcs, from, onRunWritten);
      }
    } catch (RuntimeException defect) {
      pending--; // nobody calls back
      throw defect;
    }
  }

  private void runWritten(VolumeStatus status) {
    if (status != VolumeStatus.OK) {
      worst = Store.status(status);
    }
    if (--pending == 0) {
      onWritten.accept(worst);
    }
  }

  private boolean isMade(int block) {
    return !direct || (block == 0 && headGap > 0) || (block == blocks - 1 && tailGap > 0);
  }

  private ByteBuf bufferOf(int block) {
    return isMade(block) ? made : data;
  }

  private int indexOf(int block) {
    return isMade(block) ? madeIndex(block) : dataIndex(block);
  }

  /** How many blocks from {@code block} on lie in one buffer. */
  private int sameBuffer(int block) {
    if (!direct) {
      return blocks - block;
    }
    if (isMade(block)) {
      return 1;
    }
    return (tailGap > 0 ? blocks - 1 : blocks) - block;
  }

  private int madeIndex(int block) {
    if (!direct) {
      return block * BLOCK;
    }
    return block == 0 || headGap == 0 ? 0 : BLOCK;
  }

  private int dataIndex(int block) {
    return data.readerIndex() + block * BLOCK - headGap;
  }

  // --- the end ---

  /** Whether the disk still reads or writes for it. */
  boolean isBusy() {
    return pending > 0;
  }

  /**
   * After an exception from {@link #start} while it {@link #isBusy}: ends when the disk has, with
   * {@code status}.
   */
  void abort(FsStatus status) {
    worst = status;
    edgeRead(VolumeStatus.OK); // the one that it counts itself
  }

  /**
   * Puts the new blocks in place of the old ones, which {@code change} frees.
   *
   * @return how many blocks more the file has now
   */
  int apply(Change change) {
    int grown = 0;
    int block = 0;
    for (int i = 0; i < runs.size(); i++) {
      BlockRun run = runs.get(i);
      change.allocated(run, crcs, block);
      for (int j = 0; j < run.blocks(); j++, block++) {
        long old = window.address(firstBlock + block);
        if (old == ChunkMap.HOLE) {
          grown++;
        } else {
          change.freed().add(old);
        }
        window.set(firstBlock + block, run.address() + j, change.sequence(), crcs[block]);
      }
      keep(run, block - run.blocks(), change.sequence());
    }
    runs = List.of();
    return grown;
  }

  /** Has what was written cached: whoever reads it, or adds to its last block, finds it there. */
  private void keep(BlockRun run, int block, long birth) {
    int done = 0;
    while (done < run.blocks()) {
      int from = block + done;
      int count = Math.min(run.blocks() - done, sameBuffer(from));
      store.data.copyIn(
          inode,
          firstBlock + from,
          count,
          run.address() + done,
          birth,
          bufferOf(from),
          indexOf(from));
      done += count;
    }
  }

  /** Gives back what is left: the buffer, and the blocks unless they have been applied. */
  void end() {
    if (!runs.isEmpty()) {
      volume.abandon(runs);
      runs = List.of();
    }
    if (overwriting) {
      overwriting = false;
      store.overwriting--;
    }
    if (made != null) {
      made.release();
      made = null;
    }
    data = null;
    lane = null;
  }
}
