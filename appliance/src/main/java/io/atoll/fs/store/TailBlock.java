package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;

/**
 * A copy of a block with zeros from some byte on: what a truncation leaves of a file's last one.
 */
final class TailBlock {
  private final Store store;
  private final Consumer<FsStatus> then;
  private final long inode;
  private final int[] crc = new int[1];
  private final int keptBytes;
  private List<BlockRun> runs = List.of();
  private ByteBuf buffer;

  /** While the old block is read: the file may be removed meanwhile, and its blocks reused. */
  private Volume.Pin pin;

  /**
   * @param inode the file's number
   * @param keptBytes how many of the block's bytes stay
   * @param then told when the copy is on disk, or why it is not
   */
  TailBlock(Store store, long inode, int keptBytes, Consumer<FsStatus> then) {
    this.store = store;
    this.inode = inode;
    this.keptBytes = keptBytes;
    this.then = then;
  }

  /** Copies block {@code index} of {@code chunk}. */
  void start(ChunkMap chunk, int index) {
    long address = chunk.address(index);
    long birth = chunk.birth(index);
    long block = chunk.chunk() * ChunkMap.CHUNK_BLOCKS + index;
    crc[0] = chunk.crc(index);
    runs = store.volume.allocate(1, AllocationClass.RESERVED);
    if (runs.isEmpty()) {
      then.accept(store.noBlocks());
      return;
    }
    buffer = store.volume.buffer(ChunkMap.BLOCK_BYTES);
    if (buffer == null) {
      then.accept(FsStatus.DELAY);
      return;
    }
    if (store.data.copyOut(inode, block, address, birth, buffer, 0)) {
      write(VolumeStatus.OK);
      return;
    }
    pin = store.volume.pinBlocks();
    try {
      store.volume.readBlocks(new BlockRun(address, 1), crc, 0, buffer, 0, this::write);
    } catch (RuntimeException defect) {
      unpin();
      throw defect;
    }
  }

  private void unpin() {
    if (pin != null) {
      pin.release();
      pin = null;
    }
  }

  private void write(VolumeStatus status) {
    unpin();
    if (status != VolumeStatus.OK) {
      then.accept(Store.status(status));
      return;
    }
    try {
      buffer.setZero(keptBytes, ChunkMap.BLOCK_BYTES - keptBytes);
      store.checksums.ofBlocks(buffer, 0, 1, crc, 0);
      store.volume.writeBlocks(
          runs.get(0), buffer, 0, written -> then.accept(Store.status(written)));
    } catch (RuntimeException defect) {
      then.accept(store.defect("writing the last block of a file", defect));
    }
  }

  /** Puts the copy in place of the old block. */
  void apply(Change change, ChunkMap chunk, int index) {
    change.allocated(runs.get(0), crc, 0);
    change.freed().add(chunk.address(index));
    chunk.set(index, runs.get(0).address(), change.sequence(), crc[0]);
    runs = List.of();
  }

  /** Gives back what was not applied. */
  void end() {
    if (!runs.isEmpty()) {
      store.volume.abandon(runs);
      runs = List.of();
    }
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }
}
