package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a file system its memory, one opening after the other: what an earlier one had, once all of
 * that has come back. So there are two sets only where parts of one are still out, and never a
 * third. Workers make and free them: the system fills memory with zeros and takes it back while its
 * thread waits. Loop-confined.
 */
final class FileSystemMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystemMemory.class);

  /** How often it is looked whether what was out has come back. */
  static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How many openings' memory there may be. */
  static final int MAX_SETS = 2;

  private final Loop loop;
  private final Workers workers;
  private final long cacheBytes;

  /** All there, and nobody's; null if there is none. */
  private BufferPools ready;

  /** Nobody's, and not all there. */
  private final List<BufferPools> incomplete = new ArrayList<>();

  private boolean watching;

  /**
   * @param cacheBytes for the data that clients read
   */
  FileSystemMemory(Loop loop, Workers workers, long cacheBytes) {
    this.loop = loop;
    this.workers = workers;
    this.cacheBytes = cacheBytes;
  }

  /**
   * Memory for one opening; to be given back.
   *
   * @return fails if as many sets are still out as there may be
   */
  Future<BufferPools> take() {
    lookAgain();
    if (ready != null) {
      BufferPools taken = ready;
      ready = null;
      return Future.succeededFuture(taken);
    }
    if (incomplete.size() == MAX_SETS) {
      return Future.failedFuture(
          new StartFailure(
              Kind.DATA_DIRECTORY,
              "the memory of "
                  + MAX_SETS
                  + " earlier openings of the file system is still in use: it can be opened when"
                  + " that ends, or by a restart of the node"));
    }
    Promise<BufferPools> made = Promise.promise();
    workers.run(
        loop,
        () -> new BufferPools(cacheBytes),
        (pools, failure) -> {
          if (failure == null) {
            made.complete(pools);
          } else {
            made.fail(failure);
          }
        });
    return made.future();
  }

  /**
   * Takes memory back that nobody takes from any more.
   *
   * @return whether all of it has come back
   */
  boolean giveBack(BufferPools pools) {
    if (pools.areComplete()) {
      keep(pools);
      return true;
    }
    incomplete.add(pools);
    if (!watching) {
      watching = true;
      loop.schedule(CHECK_NANOS, this::watch);
    }
    return false;
  }

  private void watch() {
    lookAgain();
    watching = !incomplete.isEmpty();
    if (watching) {
      loop.schedule(CHECK_NANOS, this::watch);
    }
  }

  private void lookAgain() {
    for (int i = incomplete.size() - 1; i >= 0; i--) {
      if (incomplete.get(i).areComplete()) {
        LOG.warn("the buffers that a fenced file system had left out have come back");
        keep(incomplete.remove(i));
      }
    }
  }

  private void keep(BufferPools pools) {
    if (ready == null) {
      ready = pools;
    } else {
      workers.run(
          loop,
          () -> {
            pools.close();
            return null;
          },
          (nothing, failure) -> {});
    }
  }

  /** Frees what is here. To be called when the loop has ended, or nothing has been taken. */
  @Override
  public void close() {
    if (ready != null) {
      ready.close();
      ready = null;
    }
  }
}
