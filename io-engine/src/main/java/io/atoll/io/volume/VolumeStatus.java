package io.atoll.io.volume;

/** How a volume's operation ended. */
public enum VolumeStatus {
  OK,
  /** A block does not match its checksum, or the device could not read it. */
  DAMAGED,
  /** The device could not write. */
  IO_ERROR,
  /**
   * A log write or sync failed, or the volume is closing: nothing more becomes durable and no reply
   * that depends on it may leave.
   */
  FENCED
}
