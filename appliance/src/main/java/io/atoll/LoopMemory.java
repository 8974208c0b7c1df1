package io.atoll;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.loop.Workers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The aligned memory of an event loop, which the file systems that live on it share. Divided by who
 * decides how long it is held, so that a client which sends or takes slowly can exhaust neither
 * what others write nor what the stores work with. Made when the first file system asks; what takes
 * time of it, by a worker, as is providing the cache's memory later, as it comes to be used.
 * Loop-confined, but for {@link #receiver}.
 */
final class LoopMemory implements AutoCloseable {
  private final Loop loop;
  private final Workers workers;
  private final long cacheBytes;
  private final AlignedBufferPool received =
      new AlignedBufferPool(MemoryBounds.RECEIVE_BUFFER_BYTES);
  private final AlignedBufferPool replies = new AlignedBufferPool(MemoryBounds.REPLY_BUFFER_BYTES);
  private final AlignedBufferPool store = new AlignedBufferPool(MemoryBounds.STORE_BUFFER_BYTES);

  /** Null until somebody asks. */
  private Future<GranuleMemory> cache;

  /** What {@link #cache} led to, for any thread; null until then. */
  private volatile GranuleMemory granules;

  /**
   * @param cacheBytes for the data that clients read
   */
  LoopMemory(Loop loop, Workers workers, long cacheBytes) {
    this.loop = loop;
    this.workers = workers;
    this.cacheBytes = cacheBytes;
  }

  /**
   * A part of what payloads are received into, for sockets on this loop of a file system that lives
   * on another. For any thread.
   *
   * @param self this loop
   */
  SocketLoop receiver(VertxLoop self) {
    return new SocketLoop(self, received.share());
  }

  /**
   * A part for a further opening of a file system.
   *
   * @param elsewhere the parts that it has of other loops' memory
   */
  Future<BufferPools> share(List<SocketLoop> elsewhere) {
    if (cache == null) {
      cache = makeCache();
    }
    return cache.map(memory ->
        new BufferPools(
            received.share(), replies.share(), store.share(), memory.join(), elsewhere));
  }

  private Future<GranuleMemory> makeCache() {
    Promise<GranuleMemory> made = Promise.promise();
    workers.run(
        loop,
        () -> new GranuleMemory(cacheBytes, this::byWorker).forSharing(),
        (memory, failure) -> {
          if (failure == null) {
            granules = memory;
            made.complete(memory);
          } else {
            cache = null;
            made.fail(failure);
          }
        });
    return made.future();
  }

  private void byWorker(Runnable task) {
    workers.run(loop, Executors.callable(task), (done, failure) -> {});
  }

  /** What the pools have taken from the system so far. For any thread. */
  long bufferBytes() {
    return Stream.of(received, replies, store)
        .mapToLong(pool -> pool.usage().reservedBytes())
        .sum();
  }

  /** As {@link #bufferBytes}, of the cache. */
  long cacheBytes() {
    GranuleMemory made = granules;
    return made == null ? 0 : made.providedBytes();
  }

  /**
   * Frees what nobody has anything of; the rest stays, since someone may still write to it. To be
   * called when the loop has ended.
   */
  @Override
  public void close() {
    for (AlignedBufferPool pool : List.of(received, replies, store)) {
      if (pool.usage().outstandingBytes() == 0) {
        pool.close();
      }
    }
    if (cache != null && cache.succeeded() && cache.result().viewsOut() == 0) {
      cache.result().close();
    }
  }
}
