package io.atoll;

import io.atoll.api.MemoryCollector;
import io.atoll.control.AccessPointShape;
import io.atoll.control.DirectoryQuota;
import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemHost;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.atoll.control.MountPoint;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.QuotaLimits;
import io.atoll.io.disk.Disk;
import io.atoll.io.index.IndexMemory;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.volume.LogVolume;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file systems of a node, each on its home loop. Which there are, and what is being done with
 * each, is known on the first loop alone, which does nothing with them but to hand on; folders are
 * made and moved by workers.
 */
final class NodeFileSystems implements FileSystemHost {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFileSystems.class);

  /** File systems that live on one event loop: they share its memory. */
  static final int MAX_PER_LOOP = 8;

  private final ApplianceSettings settings;
  private final DataDirectory data;
  private final EngineRuntime runtime;
  private final UnaryOperator<Disk> disks;
  private final Runnable lost;
  private final VertxLoop desk;
  private final FolderRemover remover;
  private final DeedQueues deeds = new DeedQueues();

  /** How many file systems live on each loop, or are to. */
  private final int[] homes;

  private final NodeBudgets budgets = new NodeBudgets();

  /** By loop. */
  private final List<LoopMemory> memories;

  private final IndexMemory indexes = new IndexMemory(MemoryBounds.INDEX_BYTES);

  /** Those that are there, by name. */
  private final Set<String> present = new ConcurrentSkipListSet<>();

  /** Those that are open, by name. */
  private final Map<String, Hosted> open = new ConcurrentHashMap<>();

  private final AddressBook addresses = new AddressBook();
  private boolean stopping;

  /**
   * @param disks what to put in place of the disks
   * @param lost run if a file system can't be taken down or opened again in this process
   */
  NodeFileSystems(
      ApplianceSettings settings,
      DataDirectory data,
      EngineRuntime runtime,
      UnaryOperator<Disk> disks,
      Runnable lost) {
    this.settings = settings;
    this.data = data;
    this.runtime = runtime;
    this.disks = disks;
    this.lost = lost;
    desk = runtime.loops().getFirst();
    homes = new int[runtime.loops().size()];
    memories =
        runtime.loops().stream()
            .map(loop ->
                new LoopMemory(
                    loop, runtime.workers(), settings.cacheBytes() / runtime.loops().size()))
            .toList();
    remover = new FolderRemover(desk, runtime.workers());
    FileSystemFolder.in(data).forEach(folder -> present.add(folder.name()));
  }

  /** Goes on with what an earlier process has not removed. */
  void begin() {
    List<Path> left = data.removed();
    desk.execute(() -> left.forEach(remover::remove));
  }

  /** The most file systems of this node. */
  int maxFileSystems() {
    return MAX_PER_LOOP * homes.length;
  }

  // --- life ---

  @Override
  public Future<Void> create(FileSystemId id, FileSystemShape shape) {
    return inTurn(id, () -> isOpen(id) ? done() : make(id, shape))
        .recover(NodeFileSystems::asRefusal);
  }

  @Override
  public Future<Void> open(FileSystemId id, FileSystemShape shape) {
    return inTurn(id, () -> isOpen(id) ? done() : openPresent(id, shape))
        .recover(NodeFileSystems::asRefusal);
  }

  private Future<Void> openPresent(FileSystemId id, FileSystemShape shape) {
    return present.contains(id.toString())
        ? bringUp(id, shape)
        : refused(
            Reason.NOT_THERE,
            "there is no file system " + id + " in the data directory " + data.path());
  }

  /**
   * Opens a file system, or makes it whatever room there is, as a node's first start does.
   *
   * @return fails with a {@link StartFailure}
   */
  Future<ServedFileSystem> start(FileSystemId id) {
    return inTurn(
            id,
            () ->
                onWorker(() -> FileSystemFolder.of(data, id))
                    .onSuccess(folder -> present.add(id.toString()))
                    .compose(folder ->
                        bringUp(
                            id, settings.throughput(), settings.throughput().performanceMode())))
        .map(up -> served(id));
  }

  private Future<Void> make(FileSystemId id, FileSystemShape shape) {
    boolean isThere = present.contains(id.toString());
    if (!isThere && present.size() >= maxFileSystems()) {
      return tooMany(id);
    }
    if (isThere) {
      return bringUp(id, shape);
    }
    present.add(id.toString());
    return onWorker(
            () -> {
              NewFileSystemRoom.check(data.path());
              return FileSystemFolder.of(data, id);
            })
        .compose(folder -> bringUp(id, shape))
        .recover(failure -> moveAside(id).transform(moved -> Future.failedFuture(failure)));
  }

  private <T> Future<T> tooMany(FileSystemId id) {
    return refused(
        Reason.TOO_MANY,
        id
            + " can't be had: the node has as many file systems as its event loops, "
            + homes.length
            + ", may have, "
            + MAX_PER_LOOP
            + " each: delete one, or give the node more loops (--loops)");
  }

  private Future<Void> bringUp(FileSystemId id, FileSystemShape shape) {
    PerformanceMode wanted = shape.performanceMode();
    return bringUp(id, settings.throughput().of(wanted, shape.throughput()), wanted);
  }

  private Future<Void> bringUp(FileSystemId id, ThroughputChoice choice, PerformanceMode wanted) {
    Path folder = data.path().resolve(id.toString());
    return onWorker(() -> PerformanceModeFile.settle(folder, wanted))
        .compose(mode -> {
          if (mode != wanted && wanted == PerformanceMode.MAX_IO) {
            LOG.warn(
                "{} stays {}, not {}: its performance mode was fixed at its creation",
                id,
                mode.apiName(),
                wanted.apiName());
          }
          return bringUp(id, choice.in(mode));
        });
  }

  private Future<Void> bringUp(FileSystemId id, ThroughputChoice choice) {
    int home = leastLoaded();
    if (homes[home] == MAX_PER_LOOP) {
      return tooMany(id); // it was made when the node had more loops
    }
    homes[home]++;
    VertxLoop loop = runtime.loops().get(home);
    FileSystemMemory memory = memoryOf(home, choice.performanceMode());
    FileSystemFolder folder = new FileSystemFolder(data.path().resolve(id.toString()), id);
    return on(
            loop,
            () ->
                ServedFileSystem.start(
                    loop,
                    home,
                    (mayCreate, fenced) -> opened(loop, folder, memory, mayCreate, fenced),
                    opened ->
                        ServedThroughput.open(
                            loop,
                            runtime.workers(),
                            folder.path(),
                            opened.id(),
                            opened.isNew(),
                            choice),
                    budgets,
                    new ServingSettings(settings.leaseSeconds(), settings.clients()),
                    lost))
        .onSuccess(served -> {
          open.put(id.toString(), new Hosted(served, home, loop, choice.performanceMode()));
          divideHeap();
          LOG.info(
              "{} is open, {}{}, on loop {}",
              id,
              served.isNew() ? "new, " : "",
              choice.performanceMode().apiName(),
              home);
        })
        .onFailure(failure -> homes[home]--)
        .mapEmpty();
  }

  /** Under Max I/O, sockets of clients may be on every loop, which receives what they send. */
  private FileSystemMemory memoryOf(int home, PerformanceMode mode) {
    Map<VertxLoop, LoopMemory> elsewhere = new LinkedHashMap<>();
    for (int i = 1; i < homes.length && mode == PerformanceMode.MAX_IO; i++) {
      int other = (home + i) % homes.length;
      elsewhere.put(runtime.loops().get(other), memories.get(other));
    }
    return new FileSystemMemory(runtime.loops().get(home), memories.get(home), elsewhere);
  }

  private Future<OpenFileSystem> opened(
      VertxLoop loop,
      FileSystemFolder folder,
      FileSystemMemory memory,
      boolean mayCreate,
      Runnable fenced) {
    return onWorker(() -> Appliance.storageOf(folder.path()), loop)
        .compose(storage ->
            OpenFileSystem.open(
                runtime,
                loop,
                folder,
                storage,
                memory,
                indexes,
                disks,
                settings.clients().files(),
                mayCreate ? LogVolume::open : LogVolume::openExisting,
                fenced))
        .onSuccess(opened -> opened.scrub(settings.scrubBytesPerSecond()));
  }

  private void divideHeap() {
    int all = open.size();
    open.values().forEach(hosted -> hosted.loop.execute(() -> hosted.served.shareHeap(all)));
  }

  private int leastLoaded() {
    int least = 0;
    for (int i = 1; i < homes.length; i++) {
      least = homes[i] < homes[least] ? i : least;
    }
    return least;
  }

  @Override
  public Future<Void> delete(FileSystemId id) {
    return inTurn(
        id,
        () -> {
          Hosted hosted = open.remove(id.toString());
          if (hosted == null) {
            return moveAside(id);
          }
          return on(hosted.loop, hosted.served::cut)
              .compose(closed -> {
                homes[hosted.home]--;
                addresses.releaseAll(id.toString());
                divideHeap();
                return closed
                    ? moveAside(id)
                    : refused(
                        Reason.STORE,
                        id + " can't be closed: it is deleted when the node has been restarted");
              });
        });
  }

  private Future<Void> moveAside(FileSystemId id) {
    return onWorker(() -> data.setAside(id.toString()))
        .onSuccess(moved -> {
          present.remove(id.toString());
          if (moved != null) {
            remover.remove(moved);
          }
        })
        .mapEmpty();
  }

  // --- addresses ---

  @Override
  public Future<InetSocketAddress> listen(FileSystemId id, MountPoint at) {
    return listenOrFail(id, at).recover(NodeFileSystems::asRefusal);
  }

  /** As {@link #listen}; fails with a {@link StartFailure} if the address can't be had. */
  Future<InetSocketAddress> listenOrFail(FileSystemId id, MountPoint at) {
    return inTurn(
        id,
        () -> {
          String name = id.toString();
          Hosted hosted = open.get(name);
          if (hosted == null) {
            return notOpen(id);
          }
          boolean isFresh = addresses.reserve(at.address(), name);
          return on(hosted.loop, () -> hosted.served.listen(at))
              .onSuccess(bound -> addresses.reserve(bound, name))
              .onFailure(failure -> {
                if (isFresh) {
                  addresses.release(at.address(), name);
                }
              });
        });
  }

  private static <T> Future<T> notOpen(FileSystemId id) {
    return refused(Reason.NOT_OPEN, "the file system " + id + " is not open on this node");
  }

  @Override
  public Future<Void> unlisten(FileSystemId id, InetSocketAddress at) {
    return isOpen(id)
        ? this.<Void>withOpen(id, served -> served.unlisten(at))
            .onSuccess(ended -> addresses.release(at, id.toString()))
        : done();
  }

  @Override
  public Future<Void> recheck(FileSystemId id, InetSocketAddress at) {
    return withOpen(
        id,
        served -> {
          served.recheck(at);
          return done();
        });
  }

  // --- access points ---

  @Override
  public Future<Void> addAccessPoint(FileSystemId id, AccessPointShape accessPoint) {
    return withOpen(
        id,
        served -> {
          served.accessPoints().add(accessPoint);
          return done();
        });
  }

  @Override
  public Future<Void> removeAccessPoint(FileSystemId id, String accessPoint) {
    return isOpen(id)
        ? withOpen(
            id,
            served -> {
              served.accessPoints().remove(accessPoint);
              return done();
            })
        : done();
  }

  // --- quotas ---

  @Override
  public Future<DirectoryQuota> setQuota(
      FileSystemId id, List<String> path, AccessPointShape.Creation creation, QuotaLimits limits) {
    return withQuotas(id, quotas -> quotas.set(path, creation, limits));
  }

  @Override
  public Future<Void> removeQuota(FileSystemId id, List<String> path) {
    return withQuotas(id, quotas -> quotas.remove(path));
  }

  @Override
  public Future<DirectoryQuota> quota(FileSystemId id, List<String> path) {
    return withQuotas(id, quotas -> quotas.get(path));
  }

  @Override
  public Future<List<DirectoryQuota>> quotas(FileSystemId id) {
    return withQuotas(id, ServedQuotas::all);
  }

  private <T> Future<T> withQuotas(FileSystemId id, Function<ServedQuotas, Future<T>> deed) {
    return withOpen(
        id,
        served -> {
          FileSystem fileSystem = served.fileSystem();
          return fileSystem == null ? notOpen(id) : deed.apply(new ServedQuotas(fileSystem));
        });
  }

  // --- throughput and figures ---

  @Override
  public Future<ChangeVerdict> changeThroughput(FileSystemId id, ThroughputSettings wanted) {
    return withOpen(id, served -> Future.succeededFuture(served.throughput().change(wanted)));
  }

  @Override
  public Set<PerformanceMode> performanceModes() {
    return EnumSet.allOf(PerformanceMode.class);
  }

  @Override
  public PerformanceMode performanceMode(FileSystemId id) {
    try {
      return PerformanceModeFile.read(data.path().resolve(id.toString()));
    } catch (IOException | StartFailure e) {
      LOG.warn("the performance mode of {} can't be told: {}", id, e.getMessage());
      return null;
    }
  }

  @Override
  public FileSystemFigures figures(FileSystemId id) {
    Hosted hosted = open.get(id.toString());
    return hosted == null ? null : hosted.served.figures();
  }

  @Override
  public List<FileSystemId> present() {
    return present.stream()
        .map(name -> FileSystemId.withName(name, new FileSystemId(0, 0)))
        .toList();
  }

  /** A file system that is open; null if it is not. */
  ServedFileSystem served(FileSystemId id) {
    Hosted hosted = open.get(id.toString());
    return hosted == null ? null : hosted.served;
  }

  /** What all that live here have of the node's memory, whichever loops they are on. */
  List<MemoryCollector.Kind> memory() {
    long loops = memories.size();
    long buffers =
        MemoryBounds.RECEIVE_BUFFER_BYTES
            + MemoryBounds.REPLY_BUFFER_BYTES
            + MemoryBounds.STORE_BUFFER_BYTES;
    return List.of(
        new MemoryCollector.Kind("buffers", loops * buffers, () -> sum(LoopMemory::bufferBytes)),
        new MemoryCollector.Kind("cache", settings.cacheBytes(), () -> sum(LoopMemory::cacheBytes)),
        new MemoryCollector.Kind("index", MemoryBounds.INDEX_BYTES, indexes::usedBytes),
        new MemoryCollector.Kind(
            "index_tables", MemoryBounds.INDEX_TABLE_BYTES, indexes::tableReaderBytes));
  }

  private long sum(ToLongFunction<LoopMemory> part) {
    return memories.stream().mapToLong(part).sum();
  }

  /** By the name of each General Purpose one that is open, the number of its loop. */
  Map<String, Integer> homeLoops() {
    Map<String, Integer> numbers = new HashMap<>();
    open.forEach((name, hosted) -> {
      if (hosted.mode == PerformanceMode.GENERAL_PURPOSE) {
        numbers.put(name, hosted.home);
      }
    });
    return numbers;
  }

  /** All that are open. */
  List<ServedFileSystem> served() {
    return open.values().stream().map(Hosted::served).toList();
  }

  // --- the end ---

  /**
   * Ends all in order: each as soon as nothing more is under way for it, whatever another one waits
   * for. Takes no deeds any more. Once only; from any thread.
   *
   * @return whether everything is on disk
   */
  Future<Boolean> stop() {
    return on(
        desk,
        () -> {
          stopping = true;
          remover.stop();
          Set<String> all = new HashSet<>(open.keySet());
          all.addAll(deeds.names());
          List<Future<Boolean>> ends =
              all.stream().map(name -> deeds.addLast(name, () -> stop(name))).toList();
          return Future.join(ends).map(ended -> ends.stream().allMatch(Future::result));
        });
  }

  private Future<Boolean> stop(String name) {
    Hosted hosted = open.get(name);
    return hosted == null ? Future.succeededFuture(true) : on(hosted.loop, hosted.served::stop);
  }

  /** Frees the memory; when the loops have ended. */
  void close() {
    memories.forEach(LoopMemory::close);
    indexes.close();
  }

  // --- turns and threads ---

  private boolean isOpen(FileSystemId id) {
    return open.containsKey(id.toString());
  }

  private <T> Future<T> withOpen(FileSystemId id, Function<ServedFileSystem, Future<T>> deed) {
    return inTurn(
        id,
        () -> {
          Hosted hosted = open.get(id.toString());
          return hosted == null ? notOpen(id) : on(hosted.loop, () -> deed.apply(hosted.served));
        });
  }

  /** Does a deed on the desk's loop, when those for the same file system that came before ended. */
  private <T> Future<T> inTurn(FileSystemId id, Callable<Future<T>> deed) {
    return on(
        desk,
        () ->
            stopping
                ? refused(Reason.STOPPING, "the node is being stopped")
                : deeds.add(id.toString(), deed));
  }

  /** Does a step on {@code loop}; the result comes on the desk's. */
  private <T> Future<T> on(VertxLoop loop, Callable<Future<T>> step) {
    Promise<T> end = Promise.promise();
    loop.execute(() -> begin(step).onComplete(result -> desk.execute(() -> end.handle(result))));
    return end.future();
  }

  static <T> Future<T> begin(Callable<Future<T>> step) {
    try {
      return step.call();
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> onWorker(Callable<T> task) {
    return onWorker(task, desk);
  }

  private <T> Future<T> onWorker(Callable<T> task, VertxLoop loop) {
    Promise<T> end = Promise.promise();
    runtime
        .workers()
        .run(
            loop,
            task,
            (result, failure) -> {
              if (failure == null) {
                end.complete(result);
              } else {
                end.fail(failure);
              }
            });
    return end.future();
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  private static <T> Future<T> refused(Reason reason, String message) {
    return Future.failedFuture(new HostRefusal(reason, message));
  }

  private static <T> Future<T> asRefusal(Throwable failure) {
    return Future.failedFuture(
        failure instanceof StartFailure expected
            ? new HostRefusal(
                expected.kind() == StartFailure.Kind.ADDRESS ? Reason.ADDRESS : Reason.STORE,
                expected.getMessage())
            : failure);
  }

  /**
   * @param home the number of its loop
   */
  private record Hosted(ServedFileSystem served, int home, VertxLoop loop, PerformanceMode mode) {}
}
