package io.atoll.rpc;

/**
 * The reply bytes that all connections may hold together: expected of calls that run, or sent and
 * not taken. Shared by dynamic thresholds: each connection may hold as much as is free, so that
 * some that take nothing of their replies leave room for those that do. Confined to the home loop.
 */
final class ReplyBudget {
  private final long maxBytes;
  private long usedBytes;

  ReplyBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A connection holds so many bytes more, or less, than before. */
  void adjust(long bytes) {
    usedBytes += bytes;
  }

  long usedBytes() {
    return usedBytes;
  }

  /** The most that a connection may hold now. */
  long shareBytes() {
    return Math.max(0, maxBytes - usedBytes);
  }

  /** Whether who takes nothing stands in the way of others. */
  boolean isScarce() {
    return usedBytes > maxBytes / 2;
  }
}
