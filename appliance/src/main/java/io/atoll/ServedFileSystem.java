package io.atoll;

import io.atoll.control.FileSystemFigures;
import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.atoll.control.MountPoint;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsStatus;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.volume.VolumeRecovery;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file system with the addresses that it is served at, kept up. When it is fenced, everything of
 * it goes: its connections are cut, no reply leaves any more, what memory says is dropped, its
 * files are closed. Then it is opened again from disk, as after a crash: the log is replayed, the
 * write verifier is another one, and clients reclaim within a grace period. While that fails,
 * nobody listens at its addresses, and it is tried again and again. Confined to the home loop.
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

  /** Addresses of one file system: one of EFS has a mount target for each of a region's zones. */
  static final int MAX_MOUNT_POINTS = 64;

  /** Why one is down that was not fenced. */
  private static final String STOPPED = "it is being stopped";

  private static final long FIGURES_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final VertxLoop loop;
  private final int homeLoop;
  private final Opening opening;
  private final ThroughputOpening throughputOpening;
  private final NodeBudgets budgets;
  private final ServingSettings settings;
  private final Runnable lost;
  private final ReopenDelay delay = new ReopenDelay();

  /** Where it is to be listened, by the address with the port that it got. */
  private final Map<InetSocketAddress, MountPoint> mountPoints = new LinkedHashMap<>();

  private final ServedAccessPoints accessPoints = new ServedAccessPoints();

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
  private int heapShares = 1;

  /** What was opened can't be closed: nothing else may open its files in this process. */
  private boolean stuck;

  private long upSinceNanos;
  private long downSinceNanos;
  private long reportedAtNanos;

  /** Read by other threads, as what follows. */
  private final AtomicLong reopenings = new AtomicLong();

  private final AtomicLong disorderlyEnds = new AtomicLong();

  /** What it was last fenced for. */
  private String fencedFor;

  /** That, and then why it could not be opened again. */
  private volatile String whyDown = STOPPED;

  /** What other threads may know: of a moment ago. */
  private volatile FileSystemFigures figures;

  private ServedFileSystem(
      VertxLoop loop,
      int homeLoop,
      Opening opening,
      ThroughputOpening throughputOpening,
      NodeBudgets budgets,
      ServingSettings settings,
      Runnable lost) {
    this.loop = loop;
    this.homeLoop = homeLoop;
    this.throughputOpening = throughputOpening;
    this.budgets = budgets;
    this.opening = opening;
    this.settings = settings;
    this.lost = lost;
  }

  /**
   * Opens the file system. To be called on {@code loop}. Nobody listens yet.
   *
   * @param homeLoop the loop's number
   * @param budgets shared with the node's other file systems
   * @param lost run if a file system can't be taken down, or an attempt to open it again does not
   *     end
   * @return fails with a {@link StartFailure}; then all is closed again
   */
  static Future<ServedFileSystem> start(
      VertxLoop loop,
      int homeLoop,
      Opening opening,
      ThroughputOpening throughputOpening,
      NodeBudgets budgets,
      ServingSettings settings,
      Runnable lost) {
    ServedFileSystem served =
        new ServedFileSystem(loop, homeLoop, opening, throughputOpening, budgets, settings, lost);
    return served
        .bringUp(true)
        .map(served)
        .recover(failure ->
            served
                .closeThroughput()
                .transform(closed -> Future.<ServedFileSystem>failedFuture(failure)));
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

  /** Of one that is not served: why, in a line. For any thread. */
  String whyDown() {
    return id + " is down: " + whyDown;
  }

  /** What is known of it, a second old at most while it is up; for any thread. */
  FileSystemFigures figures() {
    return figures;
  }

  /** It is one of so many that share the node's heap. */
  void shareHeap(int fileSystems) {
    heapShares = fileSystems;
    if (up != null) {
      up.fileSystem.fileSystem().shareHeap(fileSystems);
    }
  }

  /** What is served; null while it is down. */
  FileSystem fileSystem() {
    return up == null ? null : up.fileSystem.fileSystem();
  }

  /** Its access points, whether it is up or down. */
  ServedAccessPoints accessPoints() {
    return accessPoints;
  }

  // --- addresses ---

  /**
   * Listens at a further address, or says anew who may come by one that is listened on.
   *
   * @return the address, with the port that it got; fails with a {@link StartFailure} if it can't
   *     be had, or a {@link HostRefusal} while the file system is down
   */
  Future<InetSocketAddress> listen(MountPoint at) {
    if (up == null) {
      return Future.failedFuture(
          new HostRefusal(
              Reason.NOT_OPEN,
              id + " is down, and opened again as soon as its disk allows: try again then"));
    }
    if (!mountPoints.containsKey(at.address()) && mountPoints.size() >= MAX_MOUNT_POINTS) {
      return Future.failedFuture(
          new HostRefusal(
              Reason.TOO_MANY_MOUNT_POINTS,
              id
                  + " is served at "
                  + MAX_MOUNT_POINTS
                  + " addresses, the most: give one up first"));
    }
    return up.service
        .listen(at)
        .onSuccess(bound -> {
          mountPoints.put(bound, new MountPoint(bound, at.access(), at.accessPoint()));
          refreshFigures();
        });
  }

  /** Stops listening there, and cuts who came by it. */
  Future<Void> unlisten(InetSocketAddress at) {
    mountPoints.remove(at);
    refreshFigures();
    return up == null ? Future.succeededFuture() : up.service.unlisten(at);
  }

  /** Cuts those at an address whom its rule does not admit any more. */
  void recheck(InetSocketAddress at) {
    if (up != null) {
      up.service.recheck(at);
    }
  }

  private Future<Void> listenAgain(Incarnation incarnation) {
    List<Future<Void>> all = new ArrayList<>();
    for (MountPoint at : List.copyOf(mountPoints.values())) {
      all.add(listenAgain(incarnation, at));
    }
    return Future.join(all).mapEmpty();
  }

  /** After a reopening: what can't be had now is tried again, and keeps the others from nothing. */
  private Future<Void> listenAgain(Incarnation incarnation, MountPoint at) {
    if (up != incarnation || !at.equals(mountPoints.get(at.address())) || stopping) {
      return Future.succeededFuture();
    }
    return incarnation
        .service
        .listen(at)
        .onSuccess(bound -> {
          if (!at.equals(mountPoints.get(bound))) {
            incarnation.service.unlisten(bound);
          }
        })
        .onFailure(failure -> {
          LOG.error("{} is not served at {}: {}", id, at.address(), failure.getMessage());
          loop.schedule(ReopenDelay.LONGEST_NANOS, () -> listenAgain(incarnation, at));
        })
        .transform(listening -> Future.succeededFuture());
  }

  // --- figures ---

  /** As long as the incarnation is up. */
  private void tick(Incarnation incarnation) {
    if (incarnation.equals(up) && !stopping) {
      refreshFigures();
      loop.schedule(FIGURES_INTERVAL_NANOS, () -> tick(incarnation));
    }
  }

  private void refreshFigures() {
    FileSystemFigures before = figures;
    figures =
        new FileSystemFigures(
            up != null,
            throughput.settings(),
            homeLoop,
            List.copyOf(mountPoints.keySet()),
            up == null ? 0 : up.service.connections(),
            up == null ? before.usedBytes() : up.fileSystem.usedBytes(),
            reopenings.get());
  }

  // --- the end ---

  /**
   * Ends in order: running requests end, everything becomes durable. Once only.
   *
   * @return whether everything is on disk; not if it was down
   */
  Future<Boolean> stop() {
    return stop(NfsService::close);
  }

  /**
   * Cuts all clients, and closes. Once only.
   *
   * @return whether nothing of its files is open any more
   */
  Future<Boolean> cut() {
    Incarnation last = up;
    return stop(NfsService::abort)
        .transform(ended ->
            Future.succeededFuture(!stuck && (last == null || last.fileSystem.volumeClosed())));
  }

  private Future<Boolean> stop(Function<NfsService, Future<Void>> how) {
    stopping = true;
    if (retry != null) {
      retry.cancel();
    }
    return step.compose(ended -> {
      if (up == null) {
        return closeThroughput().map(false);
      }
      throughput.goesDown();
      return how.apply(up.service)
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
          return NfsService.begin(loop, incarnation.fileSystem, throughput, budgets, settings);
        })
        .onSuccess(service -> incarnation.service = service)
        .transform(begun ->
            begun.succeeded()
                ? Future.<Void>succeededFuture()
                : takeDown(incarnation).compose(down -> Future.<Void>failedFuture(begun.cause())))
        .onSuccess(ready -> isUp(incarnation, first))
        .compose(ready -> listenAgain(incarnation));
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
      grace = incarnation.service.grace();
      missingBytes = incarnation.fileSystem.missingBytes();
    }
    up = incarnation;
    accessPoints.serve(incarnation.service.accessPoints());
    throughput.isUp(
        incarnation.fileSystem, incarnation.service::clients, incarnation.service::loops);
    incarnation.fileSystem.fileSystem().shareHeap(heapShares);
    tick(incarnation);
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
    accessPoints.down();
    throughput.fenced();
    refreshFigures();
    downSinceNanos = loop.monotonicNanos();
    reportedAtNanos = downSinceNanos;
    delay.wasUp(downSinceNanos - upSinceNanos);
    String why = dead.fileSystem.whyFenced();
    fencedFor = why == null ? "it met a defect, which the log above tells" : why;
    whyDown = fencedFor;
    LOG.error(
        "{} is fenced: {}; clients are disconnected, and it is opened again from disk",
        id,
        fencedFor);
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
    Future<Void> cut = dead.service == null ? Future.succeededFuture() : dead.service.abort();
    return cut.transform(
            aborted -> {
              if (aborted.failed()) {
                disorderlyEnds.incrementAndGet();
                LOG.warn("its clients were not cut in order", aborted.cause());
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
    whyDown = STOPPED;
    reopenings.incrementAndGet();
    LOG.warn(
        "{} is served again after {} ms; clients may reclaim what they held",
        id,
        TimeUnit.NANOSECONDS.toMillis(loop.monotonicNanos() - downSinceNanos));
  }

  private void reportDown(Throwable failure) {
    long now = loop.monotonicNanos();
    whyDown = fencedFor + "; it could not be opened again so far: " + failure.getMessage();
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
    private NfsService service;
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
