package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.Holes;
import io.atoll.io.space.MapMemory;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.SpaceMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps free space in the extents file ahead of need, by steps, for as long as the disk has some,
 * and the heap room for its map: first where there are holes, then at the file's end.
 * Loop-confined.
 */
final class SpaceGrower {

  private static final Logger logger = LoggerFactory.getLogger(SpaceGrower.class);
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Loop loop;
  private final DiskWatch disk;
  private final DiskFile extents;
  private final SpaceMap map;
  private final MapMemory.Share mapMemory;
  private final Holes holes;
  private final VolumeOptions options;
  private final Consumer<BlockRun> filled;
  private final Runnable ended;
  private long retryAtNanos;
  private long claimedBytes;
  private boolean growing;
  private boolean stopped;
  private boolean diskFull;
  private boolean heapBoundTold;

  /**
   * @param mapMemory that {@code map} takes
   * @param holes to be filled; none of them may be on its way to the disk
   * @param filled told holes that are free space now
   * @param ended run when a step has ended, well or not
   */
  SpaceGrower(
      Loop loop,
      DiskWatch disk,
      DiskFile extents,
      SpaceMap map,
      MapMemory.Share mapMemory,
      Holes holes,
      VolumeOptions options,
      Consumer<BlockRun> filled,
      Runnable ended) {
    this.loop = loop;
    this.disk = disk;
    this.extents = extents;
    this.map = map;
    this.mapMemory = mapMemory;
    this.holes = holes;
    this.options = options;
    this.filled = filled;
    this.ended = ended;
  }

  /** Grows the file if it is time to. */
  void check() {
    long freeBytes = map.freeBlocks() * Volume.BLOCK_BYTES;
    if (growing || stopped || freeBytes >= options.growStepBytes()) {
      return;
    }
    if (diskFull && loop.monotonicNanos() - retryAtNanos < 0) {
      return;
    }
    growing = true;
    disk.claimGrowth(options.growStepBytes(), this::grow);
  }

  /** What the file may still grow by. */
  long growableBytes() {
    return Math.min(disk.growableBytes(), mappableBytes(map.allocatedBlocks()));
  }

  /** Whether free space is short while more is on its way. */
  boolean shortage() {
    return growing && map.freeBlocks() * Volume.BLOCK_BYTES < options.growStepBytes() / 4;
  }

  boolean growing() {
    return growing;
  }

  void stop() {
    stopped = true;
  }

  /** By how much the heap lets {@code blocks} become more. */
  private long mappableBytes(long blocks) {
    long most = mapMemory.reachableRegions() * options.regionSize().blocks();
    return Math.max(0, most - blocks) * Volume.BLOCK_BYTES;
  }

  private void grow(long granted) {
    claimedBytes = granted;
    if (granted == 0 || stopped) {
      end(0, true);
      return;
    }
    BlockRun hole = holes.take((int) (granted / RegionImage.UNIT_BYTES));
    if (hole == null) {
      extend(granted);
    } else {
      fill(hole);
    }
  }

  private void fill(BlockRun hole) {
    long bytes = (long) hole.blocks() * Volume.BLOCK_BYTES;
    extents.allocate(
        hole.address() * Volume.BLOCK_BYTES,
        bytes,
        (cookie, result) -> {
          if (result < 0) {
            logger.warn(
                "a hole of {} bytes could not be filled: {}", bytes, Errno.describe(-result));
            holes.add(hole);
          } else {
            map.fillHole(hole);
            filled.accept(hole);
          }
          end(result < 0 ? 0 : bytes, result < 0);
        },
        0);
  }

  private void extend(long wanted) {
    long size = map.sizeBlocks() * Volume.BLOCK_BYTES;
    long step = Math.min(wanted, mappableBytes(map.sizeBlocks()));
    long regions = options.regionSize().regions((size + step) / Volume.BLOCK_BYTES);
    if (step == 0 || !mapMemory.reach(regions)) {
      tellHeapBound((size + wanted) / Volume.BLOCK_BYTES);
      end(0, true);
      return;
    }
    extents.allocate(
        size,
        step,
        (cookie, result) -> {
          if (result < 0) {
            logger.warn(
                "the extents file could not grow by {} bytes: {}", step, Errno.describe(-result));
          } else {
            map.grow((size + step) / Volume.BLOCK_BYTES);
          }
          end(result < 0 ? 0 : step, result < 0);
        },
        0);
  }

  private void tellHeapBound(long wantedBlocks) {
    if (!heapBoundTold) {
      heapBoundTold = true;
      logger.warn(
          "the volume grows no more, and is full when what it has is used: {}",
          mapMemory.lack(options.regionSize().regions(wantedBlocks)));
    }
  }

  private void end(long takenBytes, boolean full) {
    disk.settle(claimedBytes, takenBytes);
    claimedBytes = 0;
    growing = false;
    diskFull = full;
    retryAtNanos = loop.monotonicNanos() + RETRY_NANOS;
    ended.run();
  }
}
