package io.atoll.io.space;

import io.atoll.io.volume.BlockRun;
import java.util.BitSet;

/** Units within the extents file of which the disk has nothing. Loop-confined. */
public final class Holes {

  private static final int UNIT_BLOCKS = RegionImage.BLOCKS_PER_UNIT;

  private final RegionSize size;
  private final BitSet units = new BitSet();

  public Holes(RegionSize size) {
    this.size = size;
  }

  /** Adds a run of whole units. */
  public void add(BlockRun run) {
    units.set((int) (run.address() / UNIT_BLOCKS), (int) (run.end() / UNIT_BLOCKS));
  }

  /** Gives all that it has to another. */
  public void moveTo(Holes other) {
    other.units.or(units);
    units.clear();
  }

  /**
   * Takes the first run of neighbours in one region, at most {@code maxUnits}; null if there is
   * none.
   */
  public BlockRun take(int maxUnits) {
    int first = units.nextSetBit(0);
    if (first < 0 || maxUnits < 1) {
      return null;
    }
    int regionEnd = (first | size.units() - 1) + 1;
    int end = Math.min(units.nextClearBit(first), Math.min(regionEnd, first + maxUnits));
    units.clear(first, end);
    return new BlockRun((long) first * UNIT_BLOCKS, (end - first) * UNIT_BLOCKS);
  }
}
