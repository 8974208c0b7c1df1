package io.atoll;

/**
 * The most memory that a node takes, by kind.
 *
 * @param heapBytes Java objects
 * @param directBytes network and disk buffers, off the heap
 * @param indexBytes RocksDB's caches and write buffers
 * @param overheadBytes code, threads, and what the JVM and the allocators need besides: an estimate
 */
public record MemoryBounds(long heapBytes, long directBytes, long indexBytes, long overheadBytes) {

  public long totalBytes() {
    return heapBytes + directBytes + indexBytes + overheadBytes;
  }
}
