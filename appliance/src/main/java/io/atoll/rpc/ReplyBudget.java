package io.atoll.rpc;

import io.atoll.io.buffer.FairShares;

/**
 * The reply bytes that all connections may hold together: expected of calls that run, or sent and
 * not taken. Shared by dynamic thresholds: each connection may hold as much as is free, so that
 * some that take nothing of their replies leave room for those that do. Thread-safe.
 */
final class ReplyBudget {
  private final FairShares.Member replies;

  /** One that shares with nobody. */
  ReplyBudget(long maxBytes) {
    this(new FairShares(maxBytes).join());
  }

  /**
   * @param replies of all bytes
   */
  ReplyBudget(FairShares.Member replies) {
    this.replies = replies;
  }

  /** A connection holds so many bytes more, or less, than before. */
  void adjust(long bytes) {
    replies.add(bytes);
  }

  long usedBytes() {
    return replies.taken();
  }

  /** The most that a connection may hold now. */
  long shareBytes() {
    return replies.room();
  }

  /** Whether who takes nothing stands in the way of others. */
  boolean isScarce() {
    return replies.taken() > replies.room();
  }
}
