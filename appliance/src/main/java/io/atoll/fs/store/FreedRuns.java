package io.atoll.fs.store;

import io.atoll.io.volume.Volume;

/** Gathers freed blocks, one by one, into runs of a record. Used for one record after the other. */
final class FreedRuns {
  private Volume.Mutation mutation;
  private long first;
  private int blocks;

  void begin(Volume.Mutation record) {
    mutation = record;
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

  void discard() {
    mutation = null;
    blocks = 0;
  }

  /** Writes the last run: before the record is appended. */
  void end() {
    if (blocks > 0) {
      mutation.freed(first, blocks);
      blocks = 0;
    }
  }
}
