package io.atoll.fs.store;

import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;

/** Gathers freed blocks, one by one, into runs of a record. */
final class FreedRuns {
  private final Volume.Mutation mutation;
  private long first;
  private int blocks;

  FreedRuns(Volume.Mutation mutation) {
    this.mutation = mutation;
  }

  void add(long address) {
    if (blocks > 0 && address == first + blocks) {
      blocks++;
    } else {
      end();
      first = address;
      blocks = 1;
    }
  }

  /** Writes the last run: before the record is appended. */
  void end() {
    if (blocks > 0) {
      mutation.freed(new BlockRun(first, blocks));
      blocks = 0;
    }
  }
}
