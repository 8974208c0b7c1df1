package io.atoll.io.volume;

import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.disk.Disk;
import io.atoll.io.index.Index;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.io.space.MapMemory;
import java.util.random.RandomGenerator;

/**
 * The world of a volume.
 *
 * @param loop its home
 * @param workers for reading the index
 * @param checkpointWorkers for opening, feeding, flushing and closing the index, at most one feed
 *     and one flush at a time: apart from the readers, which neither wait for these nor can crowd
 *     them out
 * @param disk the volume's own folder
 * @param index opens the volume's index
 * @param buffers aligned memory, for its own use and for {@link Volume#buffer}
 * @param replyBuffers aligned memory for {@link Volume#replyBuffer}
 * @param space what the disk has left; shared with all other volumes on it
 * @param overwritesInPlace whether data written into space that was written before lies where the
 *     old data was, so that the device's flush alone makes it durable; otherwise each commit syncs
 *     the extents
 * @param mapMemory the heap for its map of space, shared with other volumes
 * @param random for the identity of a new volume; not predictable
 */
public record VolumeEnvironment(
    Loop loop,
    Workers workers,
    Workers checkpointWorkers,
    Disk disk,
    IndexFactory index,
    BufferSupply buffers,
    BufferSupply replyBuffers,
    DiskSpace space,
    boolean overwritesInPlace,
    MapMemory mapMemory,
    RandomGenerator random) {

  /**
   * With the same buffers for all, as large a map of space as it wants, and no other volume on its
   * disk.
   */
  public VolumeEnvironment(
      Loop loop,
      Workers workers,
      Workers checkpointWorkers,
      Disk disk,
      IndexFactory index,
      BufferSupply buffers,
      DiskSpace.Asked space,
      boolean overwritesInPlace,
      RandomGenerator random) {
    this(
        loop,
        workers,
        checkpointWorkers,
        disk,
        index,
        buffers,
        buffers,
        new DiskSpace(space),
        overwritesInPlace,
        MapMemory.unbounded(),
        random);
  }

  /** The same world, in which no worker's full queue is a failure. */
  VolumeEnvironment retrying() {
    return new VolumeEnvironment(
        loop,
        new RetryingWorkers(workers),
        new RetryingWorkers(checkpointWorkers),
        disk,
        index,
        buffers,
        replyBuffers,
        space,
        overwritesInPlace,
        mapMemory,
        random);
  }

  /** Opens an index; called on a worker. */
  @FunctionalInterface
  public interface IndexFactory {
    /**
     * @param fresh remove what is there first: a new volume's
     * @throws io.atoll.io.index.IndexException if it cannot be opened
     */
    Index open(boolean fresh);
  }
}
