package io.atoll;

/** How a node has stopped. */
public enum StopOutcome {
  /** All is on disk, and everything is closed. */
  ALL_ON_DISK,
  /**
   * Everything is closed, but not all could be written. What was acknowledged as durable is, and
   * the next start recovers it.
   */
  NOT_ALL_WRITTEN,
  /**
   * The disk did not end what it was asked for, and what it was asked with is still in use: the
   * process has to be halted. What was acknowledged as durable is.
   */
  DISK_HANGS
}
