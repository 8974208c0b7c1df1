package io.atoll.io.sim;

/** What may go wrong in a simulated history besides its lives' ends by power cut and kill. */
public enum Fault {
  /** Reads end with EIO. */
  FAILING_READS,
  /** Plain writes end with EIO, done or not. */
  FAILING_WRITES,
  /** Syncs and durable writes end with EIO, done or not. */
  FAILING_SYNCS,
  /**
   * Syncs and durable writes end with EIO, and what they were to make durable is forgotten: the
   * next one says that all is well.
   */
  FORGETTING_SYNCS,
  /** Allocating and punching end with EIO. */
  FAILING_SPACE,
  /** Opening, making, renaming and removing files end with EIO. */
  FAILING_NAMES,
  /** The disk has no room for an operation just now: EAGAIN. */
  BUSY_DISK,
  /** From some step on, whatever may need space ends with ENOSPC, for some steps or for good. */
  FULL_DISK,
  /** Now and then an operation stays out a thousand times as long as the others. */
  SLOW_OPERATIONS,
  /** Syncs and durable writes take a hundred times as long, while writes pile up. */
  SLOW_SYNCS,
  /** A page of a write never arrives, though the disk says so. */
  LOST_WRITES(true),
  /** A bit turns on its way to the disk. */
  FLIPPED_WRITES(true),
  /** A bit turns on its way from the disk. */
  FLIPPED_READS(true),
  /** A bit turns on the disk. */
  DECAY(true),
  /** The index fails to open, read, apply or flush. */
  FAILING_INDEX,
  /** The workers' queue is full. */
  BUSY_WORKERS,
  /** Workers take fifty times as long. */
  SLOW_WORKERS,
  /** Nothing runs for up to hours, as if the machine slept. */
  STALLS,
  /** The wall clock is set, forward and back. */
  CLOCK_JUMPS,
  /** Openings are cut off again and again, by power cut or kill. */
  CUT_OPENINGS,
  /** Faults strike while the volume is being opened, too. */
  FAULTY_OPENINGS;

  private final boolean spoils;

  Fault() {
    this(false);
  }

  Fault(boolean spoils) {
    this.spoils = spoils;
  }

  /** Whether data may be other than written: then a reader may be told so. */
  public boolean spoils() {
    return spoils;
  }
}
