package io.atoll;

import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsStatus;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.volume.VolumeRecovery;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file system at an address, kept up. When it is fenced, everything of it goes: its connections
 * are cut, no reply leaves any more, what memory says is dropped, its files are closed. Then it is
 * opened again from disk, as after a crash: the log is replayed, the write verifier is another one,
 * and clients reclaim within a grace period. While that fails, the address is not listened on, and
 * it is tried again and again. Confined to the home loop.
 */
final class ServedFileSystem {
  private static final Logger LOG = LoggerFactory.getLogger(ServedFileSystem.class);

  /** How often it is said that the file system is still down. */
  private static final long REPORT_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * How long a fenced file system's operations may take to end, and an attempt to open it again: a
   * disk may hang. The log's bound keeps an opening far below.
   */
  private static final long STEP_LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final VertxLoop loop;
  private final Opening opening;
  private final ThroughputOpening throughputOpening;
  private final ServingSettings settings;
  private final Runnable lost;
  private final ReopenDelay delay = new ReopenDelay();
  private InetSocketAddress address;
  private FileSystemId id;
  private boolean isNew;
  private VolumeRecovery recovery;
  private GraceFacts grace;
  private long missingBytes;

  /** Null before it was opened for the first time. */
  private ServedThroughput throughput;

  /** Null while it is down. */
  private Incarnation up;

  /** What is under way between up and down; never fails. */
  private Future<Void> step = Future.succeededFuture();

  private Loop.Timer retry;
  private boolean stopping;

  /** What was opened can't be closed: nothing else may open its files in this process. */
  private boolean stuck;

  private long upSinceNanos;
  private long downSinceNanos;
  private long reportedAtNanos;

  /** Read by other threads, as what follows. */
  private final AtomicLong reopenings = new AtomicLong();

  private final AtomicLong disorderlyEnds = new AtomicLong();

  private ServedFileSystem(
      VertxLoop loop,
      Opening opening,
      ThroughputOpening throughputOpening,
      InetSocketAddress address,
      ServingSettings settings,
      Runnable lost) {
    this.loop = loop;
    this.opening = opening;
    this.throughputOpening = throughputOpening;
    this.address = address;
    this.settings = settings;
    this.lost = lost;
  }

  /**
   * Opens the file system and listens. To be called on {@code loop}.
   *
   * @param address where; with port 0, the port that it gets is kept
   * @param lost run if a file system can't be taken down, or an attempt to open it again does not
   *     end
   * @return fails with a {@link StartFailure}; then all is closed again
   */
  static Future<ServedFileSystem> start(
      VertxLoop loop,
      Opening opening,
      ThroughputOpening throughputOpening,
      InetSocketAddress address,
      ServingSettings settings,
      Runnable lost) {
    ServedFileSystem served =
        new ServedFileSystem(loop, opening, throughputOpening, address, settings, lost);
    return served
        .bringUp(true)
        .map(served)
        .recover(failure ->
            served
                .closeThroughput()
                .transform(closed -> Future.<ServedFileSystem>failedFuture(failure)));
  }

  InetSocketAddress address() {
    return address;
  }

  FileSystemId id() {
    return id;
  }

  /** Whether the start made it. */
  boolean isNew() {
    return isNew;
  }

  /** What the start did about a predecessor that did not stop in order. */
  VolumeRecovery recovery() {
    return recovery;
  }

  /** The grace period that the start began with; null if there was none. */
  GraceFacts grace() {
    return grace;
  }

  /** How much more its disk had to have at the start for anything to be added; 0 if none. */
  long missingBytes() {
    return missingBytes;
  }

  /** Its throughput and figures. */
  ServedThroughput throughput() {
    return throughput;
  }

  private Future<Void> closeThroughput() {
    return throughput == null ? Future.succeededFuture() : throughput.close();
  }

  /** How often it was opened again after it had been fenced. */
  long reopenings() {
    return reopenings.get();
  }

  /** How often something was left open or held when it had been fenced: defects. */
  long disorderlyEnds() {
    return disorderlyEnds.get();
  }

  /**
   * Ends in order: running requests end, everything becomes durable. Once only.
   *
   * @return whether everything is on disk; not if it was down
   */
  Future<Boolean> stop() {
    stopping = true;
    if (retry != null) {
      retry.cancel();
    }
    return step.compose(ended -> {
      if (up == null) {
        return closeThroughput().map(false);
      }
      throughput.goesDown();
      return up.listener
          .close()
          .transform(closed -> up.fileSystem.close())
          .map(status -> status == FsStatus.OK)
          .eventually(this::closeThroughput);
    });
  }

  // --- up ---

  private Future<Void> bringUp(boolean first) {
    Incarnation incarnation = new Incarnation();
    // What an attempt throws is its failure, too: the next one must come.
    return Future.<Void>succeededFuture()
        .compose(begun -> opening.open(first, incarnation::fenced))
        .compose(opened -> {
          incarnation.fileSystem = opened;
          return throughputOf(opened);
        })
        .compose(ready -> {
          throughput.opens();
          return NfsListener.listen(loop, incarnation.fileSystem, throughput, address, settings);
        })
        .onSuccess(listener -> incarnation.listener = listener)
        .transform(listening ->
            listening.succeeded()
                ? Future.<Void>succeededFuture()
                : takeDown(incarnation)
                    .compose(down -> Future.<Void>failedFuture(listening.cause())))
        .onSuccess(ready -> isUp(incarnation, first));
  }

  private Future<Void> throughputOf(OpenFileSystem opened) {
    return throughput != null
        ? Future.succeededFuture()
        : throughputOpening.open(opened).onSuccess(made -> throughput = made).mapEmpty();
  }

  private void isUp(Incarnation incarnation, boolean first) {
    if (first) {
      id = incarnation.fileSystem.id();
      isNew = incarnation.fileSystem.isNew();
      recovery = incarnation.fileSystem.recovery();
      grace = incarnation.listener.grace();
      missingBytes = incarnation.fileSystem.missingBytes();
      address = incarnation.listener.address();
    }
    up = incarnation;
    throughput.isUp(incarnation.fileSystem, incarnation.listener::clients);
    upSinceNanos = loop.monotonicNanos();
    if (incarnation.fenced) {
      loop.execute(this::goDown);
    }
  }

  // --- down, and up again ---

  private void goDown() {
    if (up == null || stopping) {
      return;
    }
    Incarnation dead = up;
    up = null;
    throughput.fenced();
    downSinceNanos = loop.monotonicNanos();
    reportedAtNanos = downSinceNanos;
    delay.wasUp(downSinceNanos - upSinceNanos);
    LOG.error(
        "{} is fenced: its disk could not write or sync (the kernel's log may say why), or it met"
            + " a defect (the log above says which); clients are disconnected, and it is opened"
            + " again from disk",
        id);
    Loop.Timer limit = loop.schedule(STEP_LIMIT_NANOS, lost);
    step =
        takeDown(dead)
            .onComplete(down -> {
              limit.cancel();
              reopenLater();
            });
  }

  /** Never fails. */
  private Future<Void> takeDown(Incarnation dead) {
    Future<Void> cut = dead.listener == null ? Future.succeededFuture() : dead.listener.abort();
    return cut.transform(
            aborted -> {
              if (aborted.failed()) {
                disorderlyEnds.incrementAndGet();
                LOG.warn("the listener did not close in order", aborted.cause());
              }
              return dead.fileSystem == null
                  ? Future.succeededFuture(FsStatus.OK)
                  : dead.fileSystem.close();
            })
        .otherwise(failure -> {
          disorderlyEnds.incrementAndGet();
          LOG.warn("the file system did not close in order", failure);
          if (!dead.fileSystem.volumeClosed()) {
            stuck = true;
            LOG.error("its files can't be closed, so they are not opened again in this process");
            lost.run();
          }
          return FsStatus.IO_ERROR;
        })
        .mapEmpty();
  }

  private void reopenLater() {
    if (!stopping && !stuck) {
      retry = loop.schedule(delay.next(), this::reopen);
    }
  }

  private void reopen() {
    retry = null;
    Loop.Timer limit = loop.schedule(STEP_LIMIT_NANOS, lost);
    step =
        bringUp(false)
            .transform(result -> {
              limit.cancel();
              if (result.succeeded()) {
                reopened();
              } else {
                reportDown(result.cause());
                reopenLater();
              }
              return Future.succeededFuture();
            });
  }

  private void reopened() {
    reopenings.incrementAndGet();
    LOG.warn(
        "{} is served again after {} ms; clients may reclaim what they held",
        id,
        TimeUnit.NANOSECONDS.toMillis(loop.monotonicNanos() - downSinceNanos));
  }

  private void reportDown(Throwable failure) {
    long now = loop.monotonicNanos();
    if (reportedAtNanos == downSinceNanos || now - reportedAtNanos >= REPORT_INTERVAL_NANOS) {
      reportedAtNanos = now;
      LOG.error(
          "{} is not served for {} s, and is tried again every {} s or sooner: {}",
          id,
          TimeUnit.NANOSECONDS.toSeconds(now - downSinceNanos),
          TimeUnit.NANOSECONDS.toSeconds(ReopenDelay.LONGEST_NANOS),
          failure.getMessage());
    }
  }

  /** Opens the ledger of a file system's throughput, once. */
  @FunctionalInterface
  interface ThroughputOpening {
    Future<ServedThroughput> open(OpenFileSystem opened);
  }

  /** Opens the file system. */
  @FunctionalInterface
  interface Opening {
    /**
     * @param mayCreate whether to make it if it is not there
     * @param fenced run when it is fenced
     */
    Future<OpenFileSystem> open(boolean mayCreate, Runnable fenced);
  }

  /** The file system from one opening to its end. */
  private final class Incarnation {
    private OpenFileSystem fileSystem;
    private NfsListener listener;
    private boolean fenced;

    /** Called in the midst of what fences it. */
    void fenced() {
      if (!fenced) {
        fenced = true;
        if (up == this) {
          loop.execute(ServedFileSystem.this::goDown);
        }
      }
    }
  }
}
