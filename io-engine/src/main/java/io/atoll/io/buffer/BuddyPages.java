package io.atoll.io.buffer;

import java.util.Arrays;

/**
 * Which pages are free, as a binary buddy system: blocks of 2<sup>order</sup> pages, split when
 * only larger ones are free, joined with their buddy when both are free. Not thread-safe.
 */
final class BuddyPages {

  private static final int NONE = -1;

  private final int maxOrder;
  private final int[] heads;

  /** For the first page of each free block: its order. Otherwise {@link #NONE}. */
  private final byte[] freeOrder;

  private final int[] next;
  private final int[] previous;

  /** All pages taken, until {@link #add}. */
  BuddyPages(int pages, int maxOrder) {
    this.maxOrder = maxOrder;
    heads = new int[maxOrder + 1];
    freeOrder = new byte[pages];
    next = new int[pages];
    previous = new int[pages];
    Arrays.fill(heads, NONE);
    Arrays.fill(freeOrder, (byte) NONE);
  }

  /** Takes 2<sup>order</sup> pages, aligned to as many; the first one's number, or −1. */
  int take(int order) {
    int from = order;
    while (from <= maxOrder && heads[from] == NONE) {
      from++;
    }
    if (from > maxOrder) {
      return NONE;
    }
    int page = heads[from];
    remove(page, from);
    while (from > order) {
      from--;
      add(page + (1 << from), from);
    }
    return page;
  }

  /** Gives back what {@link #take} took. */
  void give(int page, int order) {
    int at = page;
    int grown = order;
    while (grown < maxOrder) {
      int buddy = at ^ (1 << grown);
      if (freeOrder[buddy] != grown) {
        break;
      }
      remove(buddy, grown);
      at = Math.min(at, buddy);
      grown++;
    }
    add(at, grown);
  }

  /** Makes a block free that cannot be joined. */
  void add(int page, int order) {
    freeOrder[page] = (byte) order;
    previous[page] = NONE;
    next[page] = heads[order];
    if (heads[order] != NONE) {
      previous[heads[order]] = page;
    }
    heads[order] = page;
  }

  private void remove(int page, int order) {
    freeOrder[page] = (byte) NONE;
    if (previous[page] == NONE) {
      heads[order] = next[page];
    } else {
      next[previous[page]] = next[page];
    }
    if (next[page] != NONE) {
      previous[next[page]] = previous[page];
    }
  }
}
