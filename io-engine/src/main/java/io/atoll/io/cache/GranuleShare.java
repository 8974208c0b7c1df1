package io.atoll.io.cache;

import io.atoll.io.buffer.FairShares;

/**
 * The part of a {@link GranuleMemory} that one of several caches has, by what it needs and what
 * others leave it. Loop-confined.
 */
public final class GranuleShare {
  final GranuleTable table;
  final FairShares.Member pinned;
  final FairShares.Member lent;

  /** Tells its granules from those of others. */
  final int number;

  /** Null until there is one. */
  private DataCache cache;

  private boolean left;

  GranuleShare(GranuleTable table, int number) {
    this.table = table;
    this.number = number;
    pinned = table.pinned.join();
    lent = table.lendable.join();
  }

  void attach(DataCache newCache) {
    cache = newCache;
  }

  boolean hasLeft() {
    return left;
  }

  /** Granules that can be found. */
  int held() {
    return cache == null ? 0 : cache.held();
  }

  int evict() {
    return cache == null ? S3Fifo.NONE : cache.evict();
  }

  void admit() {
    if (cache != null) {
      cache.admit();
    }
  }

  /** Whether nothing of it is in use any more: no range reads, and no reply has its memory. */
  public boolean isComplete() {
    return cache == null || cache.isUnused();
  }

  /**
   * Gives up everything that is not in use, and the rest as soon as it is not. Nobody may read
   * through its cache any more.
   */
  public void leave() {
    if (left) {
      return;
    }
    left = true;
    pinned.leave();
    lent.leave();
    if (cache != null) {
      cache.giveUp();
    }
    goneIfComplete();
  }

  void goneIfComplete() {
    if (left && isComplete()) {
      table.gone(this);
    }
  }
}
