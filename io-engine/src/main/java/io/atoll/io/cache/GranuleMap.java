package io.atoll.io.cache;

import java.util.Arrays;

/**
 * Finds granules by whose they are, inode and place in the file. A hash table with chains through
 * arrays: as many entries as there are granules, so that it never grows, and removal leaves nothing
 * behind. Loop-confined.
 */
final class GranuleMap {
  static final int NONE = -1;

  /** Above these bits of an inode's number. */
  private static final int OWNER_BITS = 40;

  private final int[] buckets;
  private final int[] next;
  private final int[] owners;
  private final long[] inodes;
  private final long[] places;

  GranuleMap(int granules) {
    buckets = new int[Integer.highestOneBit(Math.max(1, granules)) * 2];
    next = new int[granules];
    owners = new int[granules];
    inodes = new long[granules];
    places = new long[granules];
    Arrays.fill(buckets, NONE);
  }

  /** The granule, or {@link #NONE}. */
  int find(int owner, long inode, long place) {
    for (int slot = buckets[bucket(hash(owner, inode, place))]; slot != NONE; slot = next[slot]) {
      if (places[slot] == place && inodes[slot] == inode && owners[slot] == owner) {
        return slot;
      }
    }
    return NONE;
  }

  /** Enters a granule that is not in it, under a key that is not in it. */
  void put(int slot, int owner, long inode, long place) {
    int bucket = bucket(hash(owner, inode, place));
    owners[slot] = owner;
    inodes[slot] = inode;
    places[slot] = place;
    next[slot] = buckets[bucket];
    buckets[bucket] = slot;
  }

  /** Takes out a granule that is in it. */
  void remove(int slot) {
    int bucket = bucket(hash(owners[slot], inodes[slot], places[slot]));
    if (buckets[bucket] == slot) {
      buckets[bucket] = next[slot];
      return;
    }
    int before = buckets[bucket];
    while (next[before] != slot) {
      before = next[before];
    }
    next[before] = next[slot];
  }

  private int bucket(int hash) {
    return hash & (buckets.length - 1);
  }

  static int hash(int owner, long inode, long place) {
    long mixed =
        ((inode + ((long) owner << OWNER_BITS)) * 0x9E3779B97F4A7C15L + place)
            * 0xC2B2AE3D27D4EB4FL;
    return (int) (mixed >>> 32);
  }
}
