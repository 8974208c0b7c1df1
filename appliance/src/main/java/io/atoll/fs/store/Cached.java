package io.atoll.fs.store;

/**
 * What every object of an {@link ObjectCache} carries: its key, its place in the cache's tables,
 * and how many operations use it. The fields are the cache's; others read {@link #lastSequence} and
 * {@link #dropped}.
 */
abstract class Cached {
  final long keyHigh;
  final long keyLow;

  /** Null unless names are part of the key. */
  final byte[] keyName;

  /**
   * The record that last changed this object, those of unstable writes aside: who tells of it
   * depends on that record.
   */
  long lastSequence;

  /** No longer in the cache: the object was removed. Whoever still has it must look again. */
  boolean dropped;

  int pins;
  int hash;
  Cached chain;
  Cached older;
  Cached newer;

  /** The last record that changed it, unstable or not: what is lost when it leaves the cache. */
  long departingSequence() {
    return lastSequence;
  }

  Cached(long keyHigh, long keyLow, byte[] keyName) {
    this.keyHigh = keyHigh;
    this.keyLow = keyLow;
    this.keyName = keyName;
  }
}
