package io.atoll;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.cache.GranuleMemory;

/**
 * The aligned memory of a file system, divided by who decides how long it is held, so that a client
 * which sends or takes slowly can exhaust neither what others write nor what the store works with.
 */
final class BufferPools implements AutoCloseable {
  private final AlignedBufferPool received =
      new AlignedBufferPool(MemoryBounds.RECEIVE_BUFFER_BYTES);
  private final AlignedBufferPool replies = new AlignedBufferPool(MemoryBounds.REPLY_BUFFER_BYTES);
  private final AlignedBufferPool store = new AlignedBufferPool(MemoryBounds.STORE_BUFFER_BYTES);

  private final GranuleMemory cache;

  /**
   * @param cacheBytes for the data that clients read
   */
  BufferPools(long cacheBytes) {
    cache = new GranuleMemory(cacheBytes);
  }

  /** For the payloads that clients send. */
  AlignedBufferPool received() {
    return received;
  }

  /** What clients read, and what they may read next. */
  GranuleMemory cache() {
    return cache;
  }

  /** For what clients read, where the cache can't lend it. */
  AlignedBufferPool replies() {
    return replies;
  }

  /** For what the store writes and reads itself: the network holds none of it. */
  AlignedBufferPool store() {
    return store;
  }

  /** What is out of those but the cache. */
  long outstandingBytes() {
    return received.usage().outstandingBytes()
        + replies.usage().outstandingBytes()
        + store.usage().outstandingBytes();
  }

  /** Whether nobody holds anything of them. */
  boolean areComplete() {
    return outstandingBytes() + cache.viewsOut() == 0;
  }

  /**
   * Frees those of which nothing is out.
   *
   * @throws IllegalStateException if something is out
   */
  @Override
  public void close() {
    try {
      received.close();
    } finally {
      try {
        replies.close();
      } finally {
        try {
          store.close();
        } finally {
          cache.close();
        }
      }
    }
  }
}
