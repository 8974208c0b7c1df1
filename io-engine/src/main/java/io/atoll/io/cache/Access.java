package io.atoll.io.cache;

/** What a range is read for. */
public enum Access {
  /** For a client, from anywhere. */
  RANDOM,
  /** For a client that reads on where it read before: not counted twice in one granule. */
  SEQUENTIAL,
  /** For nobody yet. */
  AHEAD,
  /** Not read but written: no use, so that a stream of writes displaces nothing that is read. */
  WRITTEN
}
