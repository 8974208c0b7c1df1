package io.atoll.io.space;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Which blocks can be had. All regions' bitmaps are in memory, 4 KiB and a little for each 128 MiB:
 * 32 MiB for a TiB. Next fit: one run for a request where there is one, in pre-written space if
 * possible. Runs never cross a region. Loop-confined.
 */
public final class SpaceMap {

  private static final int REGION_SHIFT =
      Integer.numberOfTrailingZeros(RegionImage.BLOCKS_PER_REGION);
  private static final int REGION_MASK = RegionImage.BLOCKS_PER_REGION - 1;

  private final List<Region> regions = new ArrayList<>();
  private long sizeBlocks;
  private long freeBlocks;
  private long writtenFreeBlocks;
  private long cursor;
  private long preWriteCursor;
  private long holeBlocks;

  public static int regionOf(long address) {
    return (int) (address >>> REGION_SHIFT);
  }

  public static int blockInRegion(long address) {
    return (int) (address & REGION_MASK);
  }

  /** Takes over a region as the index has it; regions come in order, none left out. */
  public void load(byte[] image, int usableBlocks) {
    Region region = new Region();
    region.load(image, usableBlocks);
    regions.add(region);
    sizeBlocks += usableBlocks;
    freeBlocks += region.freeBlocks();
    writtenFreeBlocks += region.writtenFreeBlocks();
    for (int unit = 0; unit < usableBlocks / RegionImage.BLOCKS_PER_UNIT; unit++) {
      holeBlocks += RegionImage.isHole(image, unit) ? RegionImage.BLOCKS_PER_UNIT : 0;
    }
  }

  /** The extents file has grown to {@code newSizeBlocks}. */
  public void grow(long newSizeBlocks) {
    while (sizeBlocks < newSizeBlocks) {
      int inRegion = blockInRegion(sizeBlocks);
      int more =
          (int) Math.min(RegionImage.BLOCKS_PER_REGION - inRegion, newSizeBlocks - sizeBlocks);
      if (inRegion == 0) {
        regions.add(new Region());
      }
      regions.getLast().give(inRegion, more);
      sizeBlocks += more;
      freeBlocks += more;
    }
  }

  /** Of the extents file. */
  public long sizeBlocks() {
    return sizeBlocks;
  }

  /** Of the extents file, without its holes: what it has of the disk. */
  public long allocatedBlocks() {
    return sizeBlocks - holeBlocks;
  }

  /** That can be had now. */
  public long freeBlocks() {
    return freeBlocks;
  }

  /** Free blocks in pre-written units. */
  public long writtenFreeBlocks() {
    return writtenFreeBlocks;
  }

  /** Takes free blocks in as few runs as can be had, or none if there are not enough. */
  public List<BlockRun> allocate(int blocks) {
    if (blocks > freeBlocks) {
      return List.of();
    }
    BlockRun one = findRun(blocks, true);
    if (one == null) {
      one = findRun(blocks, false);
    }
    if (one != null) {
      take(one);
      return List.of(one);
    }
    return gather(blocks);
  }

  /** Makes a run free again. */
  public void release(BlockRun run) {
    release(run.address(), run.blocks());
  }

  /** As {@link #release(BlockRun)}. */
  public void release(long address, int blocks) {
    Region region = regions.get(regionOf(address));
    int writtenBefore = region.writtenFreeBlocks();
    region.give(blockInRegion(address), blocks);
    freeBlocks += blocks;
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
  }

  /** Whether writing the run needs a sync of the file before a record may refer to it. */
  public boolean anyUnwritten(long address, int blocks) {
    return regions.get(regionOf(address)).anyUnwritten(blockInRegion(address), blocks);
  }

  /** Takes a wholly free unit that was never written, to be pre-written; null if there is none. */
  public BlockRun takeUnwrittenUnit() {
    for (int i = 0; i <= regions.size(); i++) {
      int number = regionOf(preWriteCursor);
      if (number >= regions.size()) {
        preWriteCursor = 0;
        continue;
      }
      int from = blockInRegion(preWriteCursor) / RegionImage.BLOCKS_PER_UNIT;
      int unit = regions.get(number).freeUnwrittenUnit(from);
      if (unit >= 0) {
        long address = ((long) number << REGION_SHIFT) + (long) unit * RegionImage.BLOCKS_PER_UNIT;
        BlockRun run = new BlockRun(address, RegionImage.BLOCKS_PER_UNIT);
        preWriteCursor = run.end();
        long allocationCursor = cursor;
        take(run);
        cursor = allocationCursor;
        return run;
      }
      preWriteCursor = (long) (number + 1) << REGION_SHIFT;
    }
    return null;
  }

  /** A whole unit is written, and synced. */
  public void setWritten(BlockRun unit) {
    Region region = regions.get(regionOf(unit.address()));
    int writtenBefore = region.writtenFreeBlocks();
    region.setWritten(blockInRegion(unit.address()) / RegionImage.BLOCKS_PER_UNIT);
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
  }

  /**
   * Takes wholly free units to be given back to the disk: neighbours from the end of the file, at
   * most {@code maxUnits}; null if there is none. They are holes from now on, and in use.
   *
   * @param keepWrittenBlocks how many free blocks are to stay that were written
   */
  public BlockRun takeHole(int maxUnits, long keepWrittenBlocks) {
    for (int number = regions.size() - 1; number >= 0; number--) {
      Region region = regions.get(number);
      int units = RegionImage.UNITS_PER_REGION;
      int end = region.lastFreeUnit(units, mayTakeWritten(keepWrittenBlocks)) + 1;
      if (end > 0) {
        int first = end;
        do {
          first--;
          makeHole(number, first);
        } while (end - first < maxUnits
            && region.lastFreeUnit(first, mayTakeWritten(keepWrittenBlocks)) == first - 1
            && first > 0);
        return new BlockRun(
            ((long) number << REGION_SHIFT) + (long) first * RegionImage.BLOCKS_PER_UNIT,
            (end - first) * RegionImage.BLOCKS_PER_UNIT);
      }
    }
    return null;
  }

  /** Holes that the disk has given space again are free, and not written. */
  public void fillHole(BlockRun run) {
    holeBlocks -= run.blocks();
    release(run);
  }

  private boolean mayTakeWritten(long keepWrittenBlocks) {
    return writtenFreeBlocks - RegionImage.BLOCKS_PER_UNIT >= keepWrittenBlocks;
  }

  private void makeHole(int number, int unit) {
    long allocationCursor = cursor;
    take(
        new BlockRun(
            ((long) number << REGION_SHIFT) + (long) unit * RegionImage.BLOCKS_PER_UNIT,
            RegionImage.BLOCKS_PER_UNIT));
    cursor = allocationCursor;
    regions.get(number).setUnwritten(unit);
    holeBlocks += RegionImage.BLOCKS_PER_UNIT;
  }

  private BlockRun findRun(int blocks, boolean onlyWritten) {
    int first = regionOf(cursor);
    for (int i = 0; i <= regions.size(); i++) {
      int number = (first + i) % regions.size();
      Region region = regions.get(number);
      if (region.mayHave(blocks, onlyWritten)) {
        int from = i == 0 ? blockInRegion(cursor) : 0;
        int at = region.findRun(from, blocks, onlyWritten);
        if (at >= 0) {
          return new BlockRun(((long) number << REGION_SHIFT) + at, blocks);
        }
      }
    }
    return null;
  }

  /** Collects what is free in several runs, the long ones of a region first come. */
  private List<BlockRun> gather(int blocks) {
    List<BlockRun> runs = new ArrayList<>();
    int missing = blocks;
    for (int minimum = blocks / 2; missing > 0; minimum /= 2) {
      int wanted = Math.max(1, minimum);
      for (int number = 0; number < regions.size() && missing > 0; number++) {
        missing -= gatherIn(number, wanted, missing, runs);
      }
    }
    return runs;
  }

  private int gatherIn(int number, int minimum, int missing, List<BlockRun> runs) {
    Region region = regions.get(number);
    int got = 0;
    int at = 0;
    while (got < missing && at < RegionImage.BLOCKS_PER_REGION) {
      int least = Math.min(minimum, missing - got);
      at = region.mayHave(least, false) ? region.findRun(at, least, false) : -1;
      if (at < 0) {
        break;
      }
      int length = region.freeRunLength(at, missing - got);
      BlockRun run = new BlockRun(((long) number << REGION_SHIFT) + at, length);
      take(run);
      runs.add(run);
      got += length;
      at += length;
    }
    return got;
  }

  private void take(BlockRun run) {
    Region region = regions.get(regionOf(run.address()));
    int writtenBefore = region.writtenFreeBlocks();
    region.take(blockInRegion(run.address()), run.blocks());
    freeBlocks -= run.blocks();
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
    cursor = run.end() >= sizeBlocks ? 0 : run.end();
  }
}
