package io.atoll.io.cache;

/** How the reading of a range ended. */
public enum RangeStatus {
  OK,
  /** Too many read at once, or the range was overwritten meanwhile: worth trying again. */
  BUSY,
  /** A block of the range can't be read, or does not match its checksum. */
  DAMAGED,
  /** The volume is fenced or closing. */
  FENCED
}
