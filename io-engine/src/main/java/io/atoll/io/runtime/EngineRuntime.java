package io.atoll.io.runtime;

import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.BoundedWorkers;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.loop.Workers;
import io.atoll.io.ring.AtollTransport;
import io.atoll.io.ring.RingAvailability;
import io.atoll.io.ring.RingDisk;
import io.atoll.io.worker.DiskWorkers;
import io.atoll.io.worker.WorkerDisk;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops, the workers and the way to open disks on them, in one mode for the whole
 * process. Thread-safe once started.
 */
public final class EngineRuntime implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EngineRuntime.class);

  /**
   * Threads that feed and flush indexes, at least: a volume has at most one batch and one flush
   * under way. As many as loops, if these are more.
   */
  private static final int CHECKPOINT_THREADS = 2;

  /** Threads of all disks' reads and plain writes, where no ring does them. */
  private static final int DISK_THREADS = 8;

  /** Threads of all disks' syncs and durable writes, where no ring does them. */
  private static final int SYNC_THREADS = 4;

  /**
   * The most tasks that wait for a thread of one kind; at that, a task is refused. That many
   * checkpoints are never wanted at once: each volume wants two at most.
   */
  public static final int MAX_QUEUED_TASKS = 16 * 1024;

  /** How long {@link #close} waits for the event loops. */
  private static final long CLOSE_TIMEOUT_SECONDS = 90;

  private final IoMode mode;
  private final Vertx vertx;
  private final BoundedWorkers workers;
  private final BoundedWorkers checkpointWorkers;

  /** Null on the ring. */
  private final DiskWorkers diskWorkers;

  private final List<VertxLoop> loops;

  private EngineRuntime(IoMode mode, Vertx vertx, int workerCount, List<VertxLoop> loops) {
    this.mode = mode;
    this.vertx = vertx;
    workers = new BoundedWorkers("atoll-worker", workerCount, MAX_QUEUED_TASKS);
    checkpointWorkers =
        new BoundedWorkers(
            "atoll-checkpoint", Math.max(CHECKPOINT_THREADS, loops.size()), MAX_QUEUED_TASKS);
    diskWorkers =
        mode == IoMode.URING
            ? null
            : new DiskWorkers(
                new BoundedWorkers("atoll-disk", DISK_THREADS, MAX_QUEUED_TASKS),
                new BoundedWorkers("atoll-sync", SYNC_THREADS, MAX_QUEUED_TASKS));
    this.loops = List.copyOf(loops);
  }

  /**
   * Starts event loops and workers.
   *
   * @param loopCount event loops, at least 1
   * @param workerCount threads that read indexes, at least 1
   * @throws EngineUnavailableException if {@code mode} can't be had here; never another mode
   *     instead
   */
  public static EngineRuntime start(IoMode mode, int loopCount, int workerCount)
      throws EngineUnavailableException {
    if (mode == IoMode.URING) {
      Optional<String> obstacle = RingAvailability.obstacle();
      if (obstacle.isPresent()) {
        throw new EngineUnavailableException(
            "io_uring is not available: " + obstacle.get() + ". Or start with --io=nio, slower.");
      }
    }
    Vertx vertx = build(mode, loopCount);
    List<VertxLoop> loops = new ArrayList<>();
    for (int i = 0; i < loopCount; i++) {
      loops.add(AtollTransport.nextLoop(vertx, i));
    }
    return new EngineRuntime(mode, vertx, workerCount, loops);
  }

  private static Vertx build(IoMode mode, int loopCount) throws EngineUnavailableException {
    // With a cache of files Vert.x asks for a shutdown hook, which fails where the node is told to
    // stop while it starts.
    FileSystemOptions files =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    VertxOptions options =
        new VertxOptions().setEventLoopPoolSize(loopCount).setFileSystemOptions(files);
    VertxBuilder builder = Vertx.builder().with(options);
    if (mode == IoMode.NIO) {
      return builder.withTransport(Transport.NIO).build();
    }
    Vertx vertx;
    try {
      vertx = builder.withTransport(new AtollTransport().forBuilder()).build();
    } catch (RuntimeException e) {
      throw new EngineUnavailableException(
          "The kernel made no ring for each of " + loopCount + " event loops: " + e, e);
    }
    if (!vertx.isNativeTransportEnabled()) {
      Throwable cause = vertx.unavailableNativeTransportCause();
      closeAndWait(vertx);
      throw new EngineUnavailableException("Vert.x does not run on io_uring: " + cause, cause);
    }
    return vertx;
  }

  public IoMode mode() {
    return mode;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** The event loops, by number, each on a thread of its own. */
  public List<VertxLoop> loops() {
    return loops;
  }

  /** For reading indexes, and for what else is short. */
  public Workers workers() {
    return workers;
  }

  /**
   * For opening, feeding, flushing and closing indexes, which may take long; nobody else's tasks
   * wait behind it.
   */
  public Workers checkpointWorkers() {
    return checkpointWorkers;
  }

  /**
   * Opens a directory for files on {@code loop}, on which this is called and which is told.
   *
   * @param facts of the directory
   */
  public void openDisk(VertxLoop loop, StorageFacts facts, OpenedDisk opened) {
    switch (mode) {
      case URING -> RingDisk.open(loop, facts, opened);
      case NIO -> WorkerDisk.open(loop, diskWorkers, facts, opened);
    }
  }

  /** For a person, in one line. */
  public String describe() {
    boolean one = loops.size() == 1;
    String count = loops.size() + (one ? " event loop" : " event loops");
    return switch (mode) {
      case URING ->
          "io_uring: " + count + ", sockets and disks on " + (one ? "its ring" : "their rings");
      case NIO -> "NIO: " + count + ", disks on threads of their own";
    };
  }

  /**
   * Stops: the loops first, which end what their disks have in flight, then the workers. Not from a
   * loop or a worker. Whoever wants an orderly end closes files and disks before.
   */
  @Override
  public void close() {
    closeAndWait(vertx);
    workers.close();
    checkpointWorkers.close();
    if (diskWorkers != null) {
      diskWorkers.close();
    }
  }

  private static void closeAndWait(Vertx vertx) {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.error("The event loops did not stop within {} s", CLOSE_TIMEOUT_SECONDS, e);
    }
  }
}
