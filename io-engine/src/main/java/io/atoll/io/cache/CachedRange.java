package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.BLOCK_BYTES;
import static io.atoll.io.cache.CacheLimits.GRANULE_BLOCKS;
import static io.atoll.io.cache.CacheLimits.GRANULE_BYTES;

import io.atoll.io.loop.Loop;
import io.atoll.io.volume.DataLane;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;

/**
 * Reads neighbouring blocks of a file through the cache: what is there is used, what someone else
 * reads is waited for, and the rest is read, neighbours on the disk by one operation. Reused:
 * {@link #begin}, {@link #block} for each, {@link #start}, and after the callback perhaps {@link
 * #lend}, then {@link #end}. What was asked for at {@code start} is what comes, whatever becomes of
 * the file meanwhile. Loop-confined; allocates nothing for blocks that are cached.
 */
public final class CachedRange {
  private final DataCache cache;
  private final Callback callback;
  private final long[] addresses = new long[CacheLimits.MAX_RANGE_BLOCKS];
  private final long[] births = new long[CacheLimits.MAX_RANGE_BLOCKS];
  private final int[] crcs = new int[CacheLimits.MAX_RANGE_BLOCKS];
  private final int[] slots = new int[CacheLimits.MAX_RANGE_GRANULES];
  private long inode;
  private long firstBlock;
  private int blocks;
  private Access access;

  /** Who reads from the disk; null for the home loop. */
  private DataLane lane;

  /** Granules that are pinned, holes included; 0 before and after. */
  private int held;

  /** Against the reuse of blocks that are to be read. */
  private Volume.Pin blockPin;

  private int nextBlock;
  private int fillsAwaited;
  private boolean advancing;
  private boolean broken;
  private RangeStatus worst;

  /** Told the end, possibly before {@link #start} returns; ends its own failures. */
  @FunctionalInterface
  public interface Callback {
    void ended(RangeStatus status);
  }

  public CachedRange(DataCache cache, Callback callback) {
    this.cache = cache;
    this.callback = callback;
  }

  /**
   * Names what is to be read.
   *
   * @param newBlocks 1 to {@link CacheLimits#MAX_RANGE_BLOCKS}
   */
  public void begin(long newInode, long newFirstBlock, int newBlocks, Access newAccess) {
    if (newBlocks < 1 || newBlocks > CacheLimits.MAX_RANGE_BLOCKS) {
      throw new IllegalArgumentException(
          "a range of " + newBlocks + " blocks; 1 to " + CacheLimits.MAX_RANGE_BLOCKS + " go");
    }
    inode = newInode;
    firstBlock = newFirstBlock;
    blocks = newBlocks;
    access = newAccess;
    lane = null;
  }

  /** Has what is missing read on {@code loop}, if the volume has a lane there. */
  public void by(Loop loop) {
    lane = cache.volume.lane(loop);
  }

  /**
   * Says where block {@code i} of the range lies now ({@link DataCache#HOLE} for nowhere), since
   * which record, and its checksum.
   */
  public void block(int i, long address, long birth, int crc) {
    addresses[i] = address;
    births[i] = address == DataCache.HOLE ? 0 : birth;
    crcs[i] = crc;
  }

  /**
   * Reads, in the same step in which the blocks were said to lie there. When the callback says OK,
   * all of them are in the cache until {@link #end}. After an exception the callback comes only if
   * the range {@link #isBusy}.
   */
  public void start() {
    nextBlock = 0;
    worst = RangeStatus.OK;
    broken = false;
    try {
      readOrWait();
    } catch (RuntimeException defect) {
      broken = true; // what is under way is still waited for
      throw defect;
    }
  }

  private void readOrWait() {
    if (granules() > cache.granules() / CacheLimits.LENT_SHARE) {
      callback.ended(RangeStatus.BUSY);
    } else if (access == Access.AHEAD
        ? cache.hasRoomAhead(granules())
        : cache.hasRoom(granules())) {
      read();
    } else if (access != Access.AHEAD && cache.await(this)) {
      blockPin = cache.volume.pinBlocks();
    } else {
      callback.ended(RangeStatus.BUSY);
    }
  }

  /** How many granules it touches. */
  int granules() {
    return (int) ((firstBlock + blocks - 1) / GRANULE_BLOCKS - firstBlock / GRANULE_BLOCKS) + 1;
  }

  /** There is room now for a range that had to wait. */
  void admitted() {
    try {
      read();
    } catch (RuntimeException defect) {
      fail(defect);
    }
  }

  private void read() {
    boolean complete = true;
    int from = 0;
    while (from < blocks) {
      int to = endOfGranule(from);
      complete &= hold(from, to);
      from = to;
    }
    if (complete) {
      callback.ended(RangeStatus.OK);
      return;
    }
    if (blockPin == null) {
      blockPin = cache.volume.pinBlocks();
    }
    advance();
  }

  // --- granules ---

  /** Pins the granule of some blocks; whether all of them are there. */
  private boolean hold(int from, int to) {
    if (areHoles(from, to)) {
      slots[held++] = DataCache.ZEROS;
      return true;
    }
    long place = (firstBlock + from) / GRANULE_BLOCKS;
    boolean fromItsStart = (firstBlock + from) % GRANULE_BLOCKS == 0;
    int slot = cache.pin(inode, place, access, fromItsStart);
    slots[held++] = slot;
    if (isOutdated(slot, from, to)) {
      slot = cache.replace(slot, inode, place, access);
      slots[held - 1] = slot;
    }
    boolean complete = true;
    for (int i = from; i < to; i++) {
      int block = cachedBlock(slot, i);
      if (cache.isTaken(block) && !cache.matches(block, addresses[i], births[i])) {
        cache.empty(block);
      }
      if (addresses[i] == DataCache.HOLE && !cache.isTaken(block)) {
        cache.memory.clear(slot, inGranule(i) * BLOCK_BYTES, BLOCK_BYTES);
        cache.fillWith(block, DataCache.HOLE, 0, null);
      }
      boolean found = cache.isTaken(block);
      complete &= found && cache.fill(block) == null;
      count(found);
    }
    return complete;
  }

  private void count(boolean found) {
    if (access != Access.AHEAD) {
      if (found) {
        cache.counters().blocksFound++;
      } else {
        cache.counters().blocksMissed++;
      }
    }
  }

  /** Whether a block can't be had in this granule, as others use what is at its place. */
  private boolean isOutdated(int slot, int from, int to) {
    boolean shared = cache.isShared(slot);
    for (int i = from; i < to; i++) {
      int block = cachedBlock(slot, i);
      if (shared && cache.isTaken(block) && !cache.matches(block, addresses[i], births[i])) {
        return true;
      }
    }
    return false;
  }

  private boolean areHoles(int from, int to) {
    for (int i = from; i < to; i++) {
      if (addresses[i] != DataCache.HOLE) {
        return false;
      }
    }
    return true;
  }

  private int endOfGranule(int from) {
    return Math.min(blocks, from + GRANULE_BLOCKS - inGranule(from));
  }

  private int inGranule(int i) {
    return (int) ((firstBlock + i) % GRANULE_BLOCKS);
  }

  private int slotOf(int i) {
    return slots[(int) ((firstBlock + i) / GRANULE_BLOCKS - firstBlock / GRANULE_BLOCKS)];
  }

  private int cachedBlock(int slot, int i) {
    return slot * GRANULE_BLOCKS + inGranule(i);
  }

  // --- disk reads ---

  /** Waits for what others read and reads what nobody does, so much at a time. */
  private void advance() {
    advancing = true;
    while (nextBlock < blocks
        && fillsAwaited < CacheLimits.MAX_FILLS_PER_RANGE
        && worst != RangeStatus.BUSY) {
      int slot = slotOf(nextBlock);
      if (slot == DataCache.ZEROS) {
        nextBlock = endOfGranule(nextBlock);
      } else if (isAnothers(cachedBlock(slot, nextBlock), nextBlock)) {
        worst = RangeStatus.BUSY;
      } else if (cache.fill(cachedBlock(slot, nextBlock)) != null) {
        await(cache.fill(cachedBlock(slot, nextBlock)));
        nextBlock++;
      } else if (cache.isTaken(cachedBlock(slot, nextBlock))) {
        nextBlock++;
      } else {
        nextBlock = fill(nextBlock);
      }
    }
    advancing = false;
    if (fillsAwaited == 0) {
      finish();
    }
  }

  /**
   * Whether a block that was empty when this began has come to hold what lies at its place now, for
   * others, before this came to read it.
   */
  private boolean isAnothers(int block, int i) {
    return cache.isTaken(block) && !cache.matches(block, addresses[i], births[i]);
  }

  private void await(Fill fill) {
    if (fill.isLastWaiter(this)) {
      return;
    }
    if (fill.await(this)) {
      fillsAwaited++;
    } else {
      worst = RangeStatus.BUSY;
    }
  }

  /** Begins a disk read from block {@code from} on; the block behind the last that it covers. */
  private int fill(int from) {
    Fill fill = cache.takeFill();
    int to = from;
    while (to < blocks && !fill.isFull() && isMissing(from, to)) {
      int slot = slotOf(to);
      int pieceFrom = to;
      int granuleEnd = endOfGranule(to);
      while (to < granuleEnd && isMissing(from, to)) {
        cache.fillWith(cachedBlock(slot, to), addresses[to], births[to], fill);
        to++;
      }
      fill.add(slot, inGranule(pieceFrom), to - pieceFrom);
    }
    await(fill);
    fill.start(lane, addresses[from], to - from, crcs, from);
    return to;
  }

  /** Whether block {@code i} is to be read, and lies behind {@code from} as it does in the file. */
  private boolean isMissing(int from, int i) {
    int slot = slotOf(i);
    return addresses[i] != DataCache.HOLE
        && addresses[i] == addresses[from] + i - from
        && slot != DataCache.ZEROS
        && !cache.isTaken(cachedBlock(slot, i));
  }

  /** A disk read that this waits for has ended. */
  void fillEnded(VolumeStatus status) {
    fillsAwaited--;
    if (status != VolumeStatus.OK && worst != RangeStatus.BUSY) {
      worst = status == VolumeStatus.FENCED ? RangeStatus.FENCED : RangeStatus.DAMAGED;
    }
    if (broken) {
      if (fillsAwaited == 0) {
        callback.ended(RangeStatus.DAMAGED);
      }
    } else if (!advancing) {
      try {
        advance();
      } catch (RuntimeException defect) {
        fail(defect);
      }
    }
  }

  private void finish() {
    callback.ended(worst == RangeStatus.OK || isWhole() ? RangeStatus.OK : worst);
  }

  /** Whether all is there, though a disk read that others needed too has failed in part. */
  private boolean isWhole() {
    for (int i = 0; i < blocks; i++) {
      int slot = slotOf(i);
      if (slot != DataCache.ZEROS && !isFilled(cachedBlock(slot, i), i)) {
        return false;
      }
    }
    return nextBlock == blocks;
  }

  private boolean isFilled(int block, int i) {
    return cache.matches(block, addresses[i], births[i]) && cache.fill(block) == null;
  }

  /** A defect, met where nobody else would end this. */
  private void fail(RuntimeException defect) {
    broken = true;
    advancing = false;
    cache.report(defect);
    if (fillsAwaited == 0) {
      callback.ended(RangeStatus.DAMAGED);
    }
  }

  // --- the end ---

  /** Whether disk reads are under way for it: then it may not {@link #end} before its callback. */
  public boolean isBusy() {
    return fillsAwaited > 0;
  }

  /**
   * Gives bytes of the range out, in pieces of at most a granule. The receiver releases each.
   *
   * @param into room for {@link #pieces}
   * @return false if there is no memory for it: then nothing was given
   */
  public boolean lend(long fromByte, long toByte, ByteBuf[] into) {
    int count = 0;
    long at = fromByte;
    while (at < toByte) {
      long granuleStart = at / GRANULE_BYTES * GRANULE_BYTES;
      long to = Math.min(toByte, granuleStart + GRANULE_BYTES);
      int slot = slotOf((int) (at / BLOCK_BYTES - firstBlock));
      into[count] = cache.lend(slot, (int) (at - granuleStart), (int) (to - granuleStart));
      if (into[count] == null) {
        while (count > 0) {
          into[--count].release();
        }
        return false;
      }
      count++;
      at = to;
    }
    return true;
  }

  /** How many pieces {@link #lend} gives. */
  public static int pieces(long fromByte, long toByte) {
    return (int) ((toByte - 1) / GRANULE_BYTES - fromByte / GRANULE_BYTES) + 1;
  }

  /** Lets go of everything. */
  public void end() {
    if (fillsAwaited > 0) {
      throw new IllegalStateException("a range ends that waits for " + fillsAwaited + " reads");
    }
    advancing = false;
    for (int i = 0; i < held; i++) {
      if (slots[i] != DataCache.ZEROS) {
        cache.unpin(slots[i]);
      }
    }
    held = 0;
    if (blockPin != null) {
      blockPin.release();
      blockPin = null;
    }
  }
}
