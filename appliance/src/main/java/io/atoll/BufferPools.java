package io.atoll;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.cache.GranuleShare;
import java.util.List;

/**
 * What an opening of a file system may have of its loop's {@link LoopMemory}, and for the payloads
 * that other loops receive, of theirs.
 *
 * @param received for the payloads that clients send
 * @param replies for what clients read, where the cache can't lend it
 * @param store for what the store writes and reads itself: the network holds none of it
 * @param cache what clients read, and what they may read next
 * @param elsewhere the other loops that its clients' sockets may be on
 */
record BufferPools(
    AlignedBufferPool.Share received,
    AlignedBufferPool.Share replies,
    AlignedBufferPool.Share store,
    GranuleShare cache,
    List<SocketLoop> elsewhere) {

  /** What is out of those but the cache. */
  long outstandingBytes() {
    long bytes =
        received.outstandingBytes() + replies.outstandingBytes() + store.outstandingBytes();
    for (SocketLoop each : elsewhere) {
      bytes += each.received().outstandingBytes();
    }
    return bytes;
  }

  /** Whether nobody holds anything of them. */
  boolean areComplete() {
    return outstandingBytes() == 0 && cache.isComplete();
  }

  /** Gives them to the others; what is out counts until it comes back. */
  void leave() {
    received.leave();
    replies.leave();
    store.leave();
    cache.leave();
    elsewhere.forEach(each -> each.received().leave());
  }
}
