package io.atoll.io.cache;

import io.atoll.io.volume.Volume;

/** The bounds of the data cache. */
public final class CacheLimits {
  /** What is taken and given up as one. */
  public static final int GRANULE_BYTES = 64 * 1024;

  public static final int BLOCK_BYTES = Volume.BLOCK_BYTES;

  /** Blocks of a granule, each with its own identity. */
  public static final int GRANULE_BLOCKS = GRANULE_BYTES / BLOCK_BYTES;

  /** Blocks of the longest range that is read as one: 1 MiB that is not aligned. */
  public static final int MAX_RANGE_BLOCKS = (1 << 20) / BLOCK_BYTES + 1;

  /** Granules that such a range can touch. */
  public static final int MAX_RANGE_GRANULES =
      (MAX_RANGE_BLOCKS + GRANULE_BLOCKS - 2) / GRANULE_BLOCKS + 1;

  /** Disk reads that one range waits for at once; the next are begun as these end. */
  public static final int MAX_FILLS_PER_RANGE = 16;

  /** Ranges that may wait for one disk read; a further one is told BUSY. */
  static final int MAX_WAITERS_PER_FILL = 4096;

  /** Ranges that may wait for granules to come free; a further one is told BUSY. */
  static final int MAX_WAITING_RANGES = 4096;

  /** Of all granules, one in so many may be lent to replies; beyond, replies get copies. */
  static final int LENT_SHARE = 2;

  /** Of all granules, one in so many may hold what was read ahead and not yet asked for. */
  static final int UNREAD_SHARE = 4;

  /**
   * What a granule takes of the Java heap, at most: some 390 for what is known of it, and its part
   * of the views that are kept.
   */
  public static final int HEAP_BYTES_PER_GRANULE = 512;

  private CacheLimits() {}
}
