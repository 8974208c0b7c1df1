package io.atoll.io.space;

/** What the disk has of a unit of space, 1 MiB of blocks. */
public enum UnitState {
  /** It is the disk's again: to be allocated anew before anything is written there. */
  HOLE,
  /** Allocated, and not written from end to end: what goes there needs a sync of its own. */
  ALLOCATED,
  /** Written from end to end, and synced. */
  WRITTEN
}
