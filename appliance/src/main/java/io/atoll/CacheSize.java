package io.atoll;

import io.atoll.io.cache.CacheLimits;

/** How much memory a node may take for the data of files, all its event loops together. */
public final class CacheSize {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** For each event loop; with less, some reads of a MiB use all of it. */
  public static final long LEAST_BYTES_PER_LOOP = 16 * MIB;

  public static final long MOST_BYTES = 64 * GIB;

  /** By default, for each event loop, wherever that much is there. */
  static final long USUAL_BYTES_PER_LOOP = 256 * MIB;

  /**
   * Of the machine's memory, what the default takes no share of: of a small one it takes little.
   */
  static final long UNSHARED_BYTES = 4 * GIB;

  /** Of what a machine has beyond that, the default takes one byte in so many. */
  static final int MACHINE_SHARE = 4;

  /** Of the Java heap, one byte in so many may be for the tables of a cache by default. */
  static final int USUAL_HEAP_SHARE = 8;

  /** The same of one that was asked for. */
  private static final int MOST_HEAP_SHARE = 4;

  private CacheSize() {}

  /** For this process, on this machine or in this container, if nobody says. */
  public static long byDefault(int loops) {
    return byDefault(
        loops,
        MemoryBounds.ofThisProcess(loops, 0).totalBytes(),
        MachineMemory.bytes(),
        Runtime.getRuntime().maxMemory());
  }

  /**
   * @param otherBytes the most that the node takes beside
   * @param machineBytes what there is for all
   */
  static long byDefault(int loops, long otherBytes, long machineBytes, long heapBytes) {
    long bytes =
        loops * USUAL_BYTES_PER_LOOP + Math.max(0, machineBytes - UNSHARED_BYTES) / MACHINE_SHARE;
    bytes = Math.min(bytes, machineBytes - otherBytes);
    bytes = Math.min(bytes, servedBy(heapBytes / USUAL_HEAP_SHARE));
    bytes = Math.clamp(bytes, loops * LEAST_BYTES_PER_LOOP, MOST_BYTES);
    return bytes - bytes % (loops * MIB);
  }

  /** The most that this process's heap has room for the tables of. */
  public static long mostForThisHeap() {
    return servedBy(Runtime.getRuntime().maxMemory() / MOST_HEAP_SHARE);
  }

  /** How large a cache may be whose tables take so much of the heap. */
  private static long servedBy(long tableBytes) {
    return tableBytes / CacheLimits.HEAP_BYTES_PER_GRANULE * CacheLimits.GRANULE_BYTES;
  }
}
