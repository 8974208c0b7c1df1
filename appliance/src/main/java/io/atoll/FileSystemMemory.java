package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a file system its part of its loop's memory, one opening after the other. What an earlier
 * opening has left out (a reply that the kernel still has, or a leak) counts against the loop's
 * memory until it comes back; while two openings' are out, there is no third. Loop-confined.
 */
final class FileSystemMemory {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystemMemory.class);

  /** How often it is looked whether what was out has come back. */
  static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How many earlier openings' memory may be out. */
  static final int MAX_INCOMPLETE = 2;

  private final Loop loop;
  private final LoopMemory memory;
  private final Map<VertxLoop, LoopMemory> elsewhere;

  /** Nobody's, and not all there. */
  private final List<BufferPools> incomplete = new ArrayList<>();

  private boolean watching;

  /** For a file system all of which is on one loop. */
  FileSystemMemory(Loop loop, LoopMemory memory) {
    this(loop, memory, Map.of());
  }

  /**
   * @param elsewhere the memory of the other loops that its clients' sockets may be on
   */
  FileSystemMemory(Loop loop, LoopMemory memory, Map<VertxLoop, LoopMemory> elsewhere) {
    this.loop = loop;
    this.memory = memory;
    this.elsewhere = elsewhere;
  }

  /**
   * Memory for one opening; to be given back.
   *
   * @return fails if that of too many earlier ones is still out
   */
  Future<BufferPools> take() {
    lookAgain();
    if (incomplete.size() == MAX_INCOMPLETE) {
      return Future.failedFuture(
          new StartFailure(
              Kind.DATA_DIRECTORY,
              "the memory of "
                  + MAX_INCOMPLETE
                  + " earlier openings of the file system is still in use: it can be opened when"
                  + " that ends, or by a restart of the node"));
    }
    List<SocketLoop> receivers = new ArrayList<>();
    elsewhere.forEach((other, its) -> receivers.add(its.receiver(other)));
    return memory
        .share(receivers)
        .onFailure(failure -> receivers.forEach(each -> each.received().leave()));
  }

  /**
   * Takes memory back that nobody takes from any more.
   *
   * @return whether all of it has come back
   */
  boolean giveBack(BufferPools pools) {
    pools.leave();
    if (pools.areComplete()) {
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
    if (incomplete.removeIf(BufferPools::areComplete)) {
      LOG.warn("the buffers that a fenced file system had left out have come back");
    }
  }
}
