package io.atoll.io.volume;

import io.atoll.io.space.RegionImage;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which blocks of units that nobody wrote ahead have been written and synced as data: when all of a
 * unit's have been, it is as good as written ahead. Bounded: the units that were touched first are
 * forgotten, and then just cost a sync more. Loop-confined.
 */
class SyncedUnits {

  /** Units that are filled at the same time; a kilobyte each at most. */
  static final int MAX_UNITS = 1024;

  private static final int UNIT_BLOCKS = RegionImage.BLOCKS_PER_UNIT;

  private final Map<Long, BitSet> synced = new LinkedHashMap<>();

  /**
   * A run has been written and synced.
   *
   * @param whole told each unit that is so from end to end now
   */
  void add(BlockRun run, Consumer<BlockRun> whole) {
    for (long block = run.address(); block < run.end(); ) {
      long unit = block / UNIT_BLOCKS;
      long end = Math.min(run.end(), (unit + 1) * UNIT_BLOCKS);
      BitSet blocks = synced.computeIfAbsent(unit, each -> new BitSet(UNIT_BLOCKS));
      blocks.set((int) (block % UNIT_BLOCKS), (int) (end - unit * UNIT_BLOCKS));
      if (blocks.cardinality() == UNIT_BLOCKS) {
        synced.remove(unit);
        whole.accept(new BlockRun(unit * UNIT_BLOCKS, UNIT_BLOCKS));
      }
      block = end;
    }
    while (synced.size() > MAX_UNITS) {
      synced.remove(synced.keySet().iterator().next());
    }
  }

  /** The space of these units goes back to the disk: nothing of them is written any more. */
  void forget(BlockRun units) {
    for (long unit = units.address() / UNIT_BLOCKS; unit < units.end() / UNIT_BLOCKS; unit++) {
      synced.remove(unit);
    }
  }
}
