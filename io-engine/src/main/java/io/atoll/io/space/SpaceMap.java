package io.atoll.io.space;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which blocks can be had. All regions' bitmaps are in memory, 4 KiB and a little for each 128 MiB:
 * 32 MiB for a TiB. Next fit: one run for a request where there is one, in pre-written space if
 * possible. Runs never cross a region. What each region can give at most is in trees over all of
 * them, so that finding one takes logarithmic time, however large and full the volume is.
 * Loop-confined.
 */
public final class SpaceMap {

  private final RegionSize size;
  private final List<Region> regions = new ArrayList<>();
  private final MaxTree longestFree = new MaxTree();
  private final MaxTree longestWrittenFree = new MaxTree();
  private final MaxTree freeUnits = new MaxTree();
  private final MaxTree freeUnwrittenUnits = new MaxTree();
  private long sizeBlocks;
  private long freeBlocks;
  private long writtenFreeBlocks;
  private long cursor;
  private long preWriteCursor;
  private long holeBlocks;

  /** Units in which something has become free since {@link #watchReleases}. */
  private final BitSet released = new BitSet();

  public SpaceMap(RegionSize size) {
    this.size = size;
  }

  /** Takes over a region as the index has it; regions come in order, none left out. */
  public void load(byte[] image, int usableBlocks) {
    Region region = new Region(size);
    region.load(image, usableBlocks);
    regions.add(region);
    summarize(regions.size() - 1);
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
      int inRegion = size.blockInRegion(sizeBlocks);
      int more = (int) Math.min(size.blocks() - inRegion, newSizeBlocks - sizeBlocks);
      if (inRegion == 0) {
        regions.add(new Region(size));
      }
      regions.getLast().give(inRegion, more);
      noteRelease(sizeBlocks, more);
      summarize(regions.size() - 1);
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

  /** As {@link #release(BlockRun)}; neighbours that are freed together may lie in two regions. */
  public void release(long address, int blocks) {
    long end = address + blocks;
    for (long at = address; at < end; ) {
      int part = (int) Math.min(end - at, size.blocksToEnd(at));
      releaseInRegion(at, part);
      at += part;
    }
  }

  private void releaseInRegion(long address, int blocks) {
    Region region = regions.get(size.regionOf(address));
    int writtenBefore = region.writtenFreeBlocks();
    region.give(size.blockInRegion(address), blocks);
    noteRelease(address, blocks);
    summarize(size.regionOf(address));
    freeBlocks += blocks;
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
  }

  private void noteRelease(long address, int blocks) {
    released.set(unitOf(address), unitOf(address + blocks - 1) + 1);
  }

  /** Units in which something becomes free from now on are not taken for holes. */
  public void watchReleases() {
    released.clear();
  }

  /** Whether there are units that only {@link #watchReleases} keeps from being taken for holes. */
  public boolean anyReleased() {
    return !released.isEmpty();
  }

  /** Whether writing the run needs a sync of the file before a record may refer to it. */
  public boolean anyUnwritten(long address, int blocks) {
    return regions.get(size.regionOf(address)).anyUnwritten(size.blockInRegion(address), blocks);
  }

  /** Takes a wholly free unit that was never written, to be pre-written; null if there is none. */
  public BlockRun takeUnwrittenUnit() {
    BlockRun unit =
        unwrittenUnitFrom(
            size.regionOf(preWriteCursor),
            size.blockInRegion(preWriteCursor) / RegionImage.BLOCKS_PER_UNIT);
    if (unit == null) {
      unit = unwrittenUnitFrom(0, 0);
    }
    if (unit != null) {
      preWriteCursor = unit.end();
      takeAside(unit);
    }
    return unit;
  }

  private BlockRun unwrittenUnitFrom(int first, int unit) {
    int number = freeUnwrittenUnits.next(first, 1);
    if (number == MaxTree.NONE) {
      return null;
    }
    int found = regions.get(number).freeUnwrittenUnit(number == first ? unit : 0);
    // Those of the first region may all lie before the unit; in another one there is one.
    return found >= 0 ? unitsOf(number, found, 1) : unwrittenUnitFrom(number + 1, 0);
  }

  /** A whole unit is written, and synced. */
  public void setWritten(BlockRun unit) {
    Region region = regions.get(size.regionOf(unit.address()));
    int writtenBefore = region.writtenFreeBlocks();
    region.setWritten(size.blockInRegion(unit.address()) / RegionImage.BLOCKS_PER_UNIT);
    summarize(size.regionOf(unit.address()));
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
  }

  /**
   * Takes units to be given back to the disk that have been wholly free for as long as {@link
   * #watchReleases} watches: neighbours from the end of the file, at most {@code maxUnits}; null if
   * there is none. They are holes from now on, and in use.
   *
   * @param keepWrittenBlocks how many free blocks are to stay that were written
   */
  public BlockRun takeHole(int maxUnits, long keepWrittenBlocks) {
    MaxTree units = mayTakeWritten(keepWrittenBlocks) ? freeUnits : freeUnwrittenUnits;
    BlockRun hole = null;
    for (int number = regions.size() - 1; number >= 0 && hole == null; number--) {
      number = units.previous(number, 1);
      if (number == MaxTree.NONE) {
        return null;
      }
      hole = takeHoleIn(number, maxUnits, keepWrittenBlocks);
    }
    return hole;
  }

  private BlockRun takeHoleIn(int number, int maxUnits, long keepWrittenBlocks) {
    int end = lastIdleUnit(number, size.units(), keepWrittenBlocks) + 1;
    if (end == 0) {
      return null;
    }
    int first = end;
    do {
      first--;
      makeHole(number, first);
    } while (end - first < maxUnits
        && first > 0
        && lastIdleUnit(number, first, keepWrittenBlocks) == first - 1);
    return unitsOf(number, first, end - first);
  }

  /** The last unit of a region before {@code end} that may become a hole, or -1. */
  private int lastIdleUnit(int number, int end, long keepWrittenBlocks) {
    boolean alsoWritten = mayTakeWritten(keepWrittenBlocks);
    int unit = end;
    do {
      unit = regions.get(number).lastFreeUnit(unit, alsoWritten);
    } while (unit >= 0 && released.get(number * size.units() + unit));
    return unit;
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
    takeAside(unitsOf(number, unit, 1));
    regions.get(number).setUnwritten(unit);
    holeBlocks += RegionImage.BLOCKS_PER_UNIT;
  }

  private static int unitOf(long address) {
    return (int) (address / RegionImage.BLOCKS_PER_UNIT);
  }

  private BlockRun unitsOf(int number, int unit, int units) {
    return new BlockRun(
        size.firstBlock(number) + (long) unit * RegionImage.BLOCKS_PER_UNIT,
        units * RegionImage.BLOCKS_PER_UNIT);
  }

  /** Looks from the cursor on, and then from the start. */
  private BlockRun findRun(int blocks, boolean onlyWritten) {
    int number = size.regionOf(cursor);
    BlockRun run = findRunIn(number, size.blockInRegion(cursor), blocks, onlyWritten);
    if (run == null) {
      run = findRunFrom(number + 1, blocks, onlyWritten);
    }
    return run == null ? findRunFrom(0, blocks, onlyWritten) : run;
  }

  private BlockRun findRunFrom(int first, int blocks, boolean onlyWritten) {
    int least = Math.min(blocks, Region.LONGEST_COUNTED);
    MaxTree longest = onlyWritten ? longestWrittenFree : longestFree;
    int number = longest.next(first, least);
    while (number != MaxTree.NONE) {
      BlockRun run = findRunIn(number, 0, blocks, onlyWritten);
      if (run != null) {
        return run;
      }
      number = longest.next(number + 1, least);
    }
    return null;
  }

  private BlockRun findRunIn(int number, int from, int blocks, boolean onlyWritten) {
    Region region = regions.get(number);
    int atMost = onlyWritten ? region.longestWrittenFreeAtMost() : region.longestFreeAtMost();
    if (atMost < Math.min(blocks, Region.LONGEST_COUNTED)) {
      return null;
    }
    int at = region.findRun(from, blocks, onlyWritten);
    if (at >= 0) {
      return new BlockRun(size.firstBlock(number) + at, blocks);
    }
    summarize(number);
    return null;
  }

  /** Collects what is free in several runs, the long ones first. */
  private List<BlockRun> gather(int blocks) {
    List<BlockRun> runs = new ArrayList<>();
    int missing = blocks;
    for (int minimum = blocks / 2; missing > 0; minimum /= 2) {
      int wanted = Math.max(1, minimum);
      int number = longestFree.next(0, Math.min(wanted, missing));
      while (number != MaxTree.NONE) {
        missing -= gatherIn(number, wanted, missing, runs);
        number =
            missing == 0 ? MaxTree.NONE : longestFree.next(number + 1, Math.min(wanted, missing));
      }
    }
    return runs;
  }

  private int gatherIn(int number, int minimum, int missing, List<BlockRun> runs) {
    Region region = regions.get(number);
    int got = 0;
    int at = 0;
    while (got < missing && at < size.blocks()) {
      int least = Math.min(minimum, missing - got);
      at = region.findRun(at, least, false);
      if (at < 0) {
        summarize(number);
        break;
      }
      int length = region.freeRunLength(at, missing - got);
      BlockRun run = new BlockRun(size.firstBlock(number) + at, length);
      take(run);
      runs.add(run);
      got += length;
      at += length;
    }
    return got;
  }

  private void take(BlockRun run) {
    takeAside(run);
    cursor = run.end() >= sizeBlocks ? 0 : run.end();
  }

  /** Takes what is not an allocation: the next one is made as if nothing had happened. */
  private void takeAside(BlockRun run) {
    Region region = regions.get(size.regionOf(run.address()));
    int writtenBefore = region.writtenFreeBlocks();
    region.take(size.blockInRegion(run.address()), run.blocks());
    summarize(size.regionOf(run.address()));
    freeBlocks -= run.blocks();
    writtenFreeBlocks += region.writtenFreeBlocks() - writtenBefore;
  }

  /** A region has changed, or is known better. */
  private void summarize(int number) {
    Region region = regions.get(number);
    longestFree.set(number, region.longestFreeAtMost());
    longestWrittenFree.set(number, region.longestWrittenFreeAtMost());
    freeUnits.set(number, region.freeUnits());
    freeUnwrittenUnits.set(number, region.freeUnwrittenUnits());
  }
}
