package io.atoll;

import io.atoll.api.MemoryCollector;
import io.atoll.control.store.RocksDbResourceStore;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;

/**
 * The most memory that a node takes, by kind.
 *
 * @param heapBytes Java objects
 * @param networkBytes what Netty may take off the heap, for messages on their way
 * @param bufferBytes aligned buffers for the data of reads and writes
 * @param cacheBytes the cache of file data
 * @param indexBytes RocksDB's cache, write buffers and readers of tables
 * @param controlBytes the same of the control plane's store
 * @param overheadBytes code, threads, and what the JVM and the allocators need besides: an estimate
 */
public record MemoryBounds(
    long heapBytes,
    long networkBytes,
    long bufferBytes,
    long cacheBytes,
    long indexBytes,
    long controlBytes,
    long overheadBytes) {
  private static final long MIB = 1L << 20;

  /**
   * Of each loop's pool that the data of writes are received into: held until they are on the disk.
   */
  static final long RECEIVE_BUFFER_BYTES = 80 * MIB;

  /**
   * Of each loop's pool for replies with data that the cache can't lend, being inline or too much:
   * held until clients have taken them.
   */
  static final long REPLY_BUFFER_BYTES = 64 * MIB;

  /**
   * Of each loop's pool for what the stores themselves write and read, held as long as the disk
   * needs, and for the records that indexes have not taken yet: up to half of it.
   */
  static final long STORE_BUFFER_BYTES = 128 * MIB;

  /** Of RocksDB, all indexes of the node together: cache and write buffers. */
  static final long INDEX_BYTES = 192 * MIB;

  /**
   * The readers of all tables of these indexes, beside the cache: some KiB for each table of 16
   * MiB.
   */
  static final long INDEX_TABLE_BYTES = 16 * MIB;

  private static final long OVERHEAD_BYTES = 256 * MIB;

  /**
   * @param cacheBytes of all loops together
   */
  static MemoryBounds ofThisProcess(int loops, long cacheBytes) {
    return new MemoryBounds(
        Runtime.getRuntime().maxMemory(),
        PlatformDependent.maxDirectMemory(),
        loops * (RECEIVE_BUFFER_BYTES + REPLY_BUFFER_BYTES + STORE_BUFFER_BYTES),
        cacheBytes,
        INDEX_BYTES + INDEX_TABLE_BYTES,
        RocksDbResourceStore.MEMORY_BYTES,
        OVERHEAD_BYTES);
  }

  /** Heap and network memory of this process, as it is. */
  static List<MemoryCollector.Kind> ofTheJvm() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    return List.of(
        new MemoryCollector.Kind(
            "heap",
            Runtime.getRuntime().maxMemory(),
            () -> memory.getHeapMemoryUsage().getCommitted()),
        new MemoryCollector.Kind(
            "network", PlatformDependent.maxDirectMemory(), PlatformDependent::usedDirectMemory));
  }

  public long totalBytes() {
    return heapBytes
        + networkBytes
        + bufferBytes
        + cacheBytes
        + indexBytes
        + controlBytes
        + overheadBytes;
  }
}
