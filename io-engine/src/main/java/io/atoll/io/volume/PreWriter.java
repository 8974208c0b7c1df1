package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.SpaceMap;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes zeros to free units ahead of their use, so that data written to them later needs no sync
 * of its own: a bounded amount ahead, at a bounded pace, a batch of units to one sync. Nobody can
 * allocate a unit while it is being written, so it leaves the reserve alone. Loop-confined.
 */
final class PreWriter {

  private static final int UNITS_PER_SYNC = 16;
  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final long BUSY_RETRY_NANOS = 1_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Loop loop;
  private final DiskFile extents;
  private final SpaceMap map;
  private final ByteBuf zeros;
  private final VolumeCounters counters;
  private final long aheadBlocks;
  private final long reserveBlocks;
  private final long nanosPerUnit;
  private final Listener listener;
  private final List<BlockRun> unsynced = new ArrayList<>();
  private BlockRun writing;
  private boolean active;
  private boolean stopped;

  PreWriter(
      Loop loop,
      DiskFile extents,
      SpaceMap map,
      ByteBuf zeros,
      VolumeOptions options,
      VolumeCounters counters,
      Listener listener) {
    this.loop = loop;
    this.extents = extents;
    this.map = map;
    this.zeros = zeros;
    this.counters = counters;
    this.listener = listener;
    aheadBlocks = options.preWriteAheadBytes() / Volume.BLOCK_BYTES;
    reserveBlocks = options.reserveBytes() / Volume.BLOCK_BYTES;
    nanosPerUnit = RegionImage.UNIT_BYTES * NANOS_PER_SECOND / options.preWriteBytesPerSecond();
  }

  /**
   * Begins if a quarter of the pre-written space is used up; goes on until it is all there. An end
   * is told only of what has begun.
   */
  void check() {
    if (!active && !stopped && map.writtenFreeBlocks() < aheadBlocks - aheadBlocks / 4) {
      active = writeUnit();
    }
  }

  /** Whether an operation is in flight. */
  boolean busy() {
    return active && (writing != null || !unsynced.isEmpty());
  }

  void stop() {
    stopped = true;
  }

  private void next() {
    if (writeUnit()) {
      return;
    }
    if (!unsynced.isEmpty()) {
      sync();
    } else {
      active = false;
      listener.ended();
    }
  }

  /** Begins to write a unit, if one more is wanted and can be had. */
  private boolean writeUnit() {
    long ahead = map.writtenFreeBlocks() + (long) unsynced.size() * RegionImage.BLOCKS_PER_UNIT;
    writing =
        stopped || ahead >= aheadBlocks || unsynced.size() >= UNITS_PER_SYNC || !leavesReserve()
            ? null
            : map.takeUnwrittenUnit();
    if (writing == null) {
      return false;
    }
    long offset = writing.address() * Volume.BLOCK_BYTES;
    extents.write(zeros, 0, RegionImage.UNIT_BYTES, offset, this::written, 0);
    return true;
  }

  private boolean leavesReserve() {
    return map.freeBlocks() - RegionImage.BLOCKS_PER_UNIT >= reserveBlocks;
  }

  private void sync() {
    extents.dataSync(this::synced, 0);
  }

  private void written(long cookie, int result) {
    BlockRun unit = writing;
    writing = null;
    if (result < 0) {
      map.release(unit);
      giveBack();
      pause(RETRY_NANOS);
      return;
    }
    counters.bytesPreWritten += RegionImage.UNIT_BYTES;
    unsynced.add(unit);
    if (stopped) {
      giveBack();
      active = false;
      listener.ended();
    } else {
      loop.schedule(nanosPerUnit, this::next);
    }
  }

  private void synced(long cookie, int result) {
    if (result == -Errno.EAGAIN) {
      loop.schedule(BUSY_RETRY_NANOS, this::sync);
      return;
    }
    if (result < 0) {
      giveBack();
      active = false;
      listener.failed("the sync of " + VolumeFiles.EXTENTS + " failed: " + Errno.describe(-result));
      return;
    }
    counters.dataSyncs++;
    counters.preWriteSyncs++;
    for (BlockRun unit : unsynced) {
      map.setWritten(unit);
      map.release(unit);
      listener.unitWritten(unit);
    }
    unsynced.clear();
    listener.given();
    next();
  }

  private void giveBack() {
    unsynced.forEach((Consumer<BlockRun>) map::release);
    unsynced.clear();
    listener.given();
  }

  private void pause(long nanos) {
    listener.ended();
    loop.schedule(
        nanos,
        () -> {
          active = false;
          check();
        });
  }

  /** What follows from pre-writing. */
  interface Listener {
    /** The unit is durably written; the index may say so. */
    void unitWritten(BlockRun unit);

    /** Units that it held can be allocated again. */
    void given();

    /** It rests. */
    void ended();

    /** The extents can't be trusted any more. */
    void failed(String why);
  }
}
