package io.atoll.figures;

import java.util.List;

/**
 * A file system at one moment, as its home loop saw it.
 *
 * @param takenNanos when, by the monotonic clock
 * @param loops what each loop that works for it does, the home loop among them; none while it is
 *     down
 */
public record FileSystemSample(
    long takenNanos,
    Throughput throughput,
    Traffic traffic,
    Clients clients,
    Store store,
    List<LoopWork> loops) {

  public FileSystemSample {
    loops = List.copyOf(loops);
  }

  /**
   * What it may do, and does.
   *
   * @param secondsUntilCreditsRunOut at the present rate; Long.MAX_VALUE if they do not
   * @param queuedRequests that wait for their turn
   * @param queuedEver that had to wait, ever
   * @param refusedEver that found the queue full, ever
   */
  public record Throughput(
      String mode,
      long creditBytes,
      long permittedBytesPerSecond,
      long usedBytesPerSecond,
      long secondsUntilCreditsRunOut,
      long meteredBytes,
      int queuedRequests,
      long queuedEver,
      long refusedEver) {}

  /** Requests and what they moved, ever. */
  public record Traffic(
      long reads,
      long readBytes,
      long writes,
      long writtenBytes,
      long metadataRequests,
      long metadataBytes,
      long totalBytes,
      long meteredBytes) {}

  /**
   * Those that use it.
   *
   * @param leases of clients, those in courtesy included
   * @param inGrace whether clients may reclaim what they held
   */
  public record Clients(
      int connections, int leases, int sessions, int opens, int stateids, boolean inGrace) {
    public static final Clients NONE = new Clients(0, 0, 0, 0, 0, false);
  }

  /**
   * What an event loop does for it.
   *
   * @param loop its number
   * @param connections whose sockets are on it
   * @param requests that its sockets received since it was opened
   * @param dataReads disk reads of file content that its ring did, since it was opened
   * @param dataWrites disk writes of file content
   */
  public record LoopWork(
      int loop, int connections, long requests, long dataReads, long dataWrites) {}

  /**
   * What lies below.
   *
   * @param commitGroups made durable since it was opened
   * @param commitNanos how long these took
   * @param indexBatches that the index has taken since it was opened
   * @param ringDepth operations that the disk has at the moment
   * @param damagedBlocks that the scrubber has found since it was opened
   */
  public record Store(
      long commitGroups,
      long commitNanos,
      long indexBatches,
      long cacheBlocksFound,
      long cacheBlocksMissed,
      long bufferBytesInUse,
      int ringDepth,
      long scrubbedBytes,
      long damagedBlocks) {
    public static final Store NONE = new Store(0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
