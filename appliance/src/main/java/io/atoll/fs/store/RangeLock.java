package io.atoll.fs.store;

/** A claim to be the only one that changes some blocks of a file; see {@link RangeLocks}. */
final class RangeLock {
  /** To the end of whatever the file may grow to. */
  static final long END = Long.MAX_VALUE;

  private final Runnable onGranted;
  long first;
  long last;
  boolean granted;

  // The fields of RangeLocks: neighbours in order of arrival, and how many earlier claims overlap.
  RangeLock earlier;
  RangeLock later;
  int blockers;
  RangeLock nextFree;

  /**
   * @param onGranted told that the claim holds, possibly before {@link RangeLocks#acquire} returns
   */
  RangeLock(Runnable onGranted) {
    this.onGranted = onGranted;
  }

  RangeLock over(long firstBlock, long lastBlock) {
    first = firstBlock;
    last = lastBlock;
    return this;
  }

  boolean isWhole() {
    return first == 0 && last == END;
  }

  boolean overlaps(RangeLock other) {
    return overlaps(other.first, other.last);
  }

  boolean overlaps(long firstBlock, long lastBlock) {
    return first <= lastBlock && firstBlock <= last;
  }

  void grant() {
    onGranted.run();
  }
}
