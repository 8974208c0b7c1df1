package io.atoll.io.ring;

import io.atoll.io.disk.IoCounters;

/** Counts how operations end, and what they have made of their files' lengths. Loop-confined. */
final class EndCounter {

  private final IoCounters counters;

  EndCounter(IoCounters counters) {
    this.counters = counters;
  }

  /** An operation that the kernel has no part in has ended. */
  void rejected(int result) {
    if (result < 0) {
      counters.countFailure();
    }
  }

  /** The operation in {@code slot} has ended. */
  void ended(SlotTable slots, int slot, int result) {
    if (result < 0) {
      counters.countFailure();
      return;
    }
    switch (slots.kind[slot]) {
      case READ, VECTORED_READ -> counters.countRead(result);
      case WRITE, VECTORED_WRITE -> {
        counters.countWrite(result);
        slots.file[slot].grownTo(slots.offset[slot] + result);
      }
      case DURABLE_WRITE -> {
        counters.countDurableWrite(result);
        slots.file[slot].grownTo(slots.offset[slot] + result);
      }
      case SYNC_AFTER_WRITE -> counters.countDurableWrite(result);
      case DATA_SYNC -> counters.countDataSync();
      case ALLOCATE -> {
        counters.countSpaceChange();
        slots.file[slot].grownTo(slots.offset[slot] + slots.address[slot]);
      }
      case PUNCH -> counters.countSpaceChange();
      case METADATA, WRITE_THEN_SYNC -> {
        // The whole of a change of names is counted by the disk; the half of a write is not.
      }
    }
  }
}
