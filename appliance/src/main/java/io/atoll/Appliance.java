package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.api.ApiAddressException;
import io.atoll.api.ApiRoutes;
import io.atoll.api.ApiServer;
import io.atoll.api.FileSystemCollector;
import io.atoll.api.HealthRoutes;
import io.atoll.api.LoopCollector;
import io.atoll.api.MemoryCollector;
import io.atoll.api.MetricsRoutes;
import io.atoll.api.control.ControlRoutes;
import io.atoll.control.FileSystemHost;
import io.atoll.control.HostRefusal;
import io.atoll.control.MountPoint;
import io.atoll.control.service.ControlPlane;
import io.atoll.fs.FileSystemId;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.EngineUnavailableException;
import io.atoll.io.volume.VolumeRecovery;
import io.atoll.nfs4.wire.Operation;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: the only place that knows all parts and joins them. Started and stopped from a thread
 * that may block.
 */
public final class Appliance {
  private static final Logger LOG = LoggerFactory.getLogger(Appliance.class);

  /** File systems of Linux that keep nothing. */
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private static final String API_OPTION = "--api";

  /** For reads of the index. */
  private static final int WORKERS = 2;

  /** A disk may hang: after so long a stop gives up. What it writes takes far less. */
  private static final int STOP_LIMIT_SECONDS = 300;

  /** A loop that does nothing for so long hangs: longer than any pause of the JVM should take. */
  private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ApplianceSettings settings;
  private final DataDirectory data;
  private final StorageFacts storage;
  private final EngineRuntime runtime;
  private final NodeFileSystems fileSystems;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final StopRequest request;
  private final CompletableFuture<Void> failed;

  /** Of the file system that is served where the node was told to; null if that was deleted. */
  private ServedFileSystem served;

  private InetSocketAddress address;

  private NodeControl control;

  /** Null if there is to be none. */
  private ApiServer api;

  /** Whether the start came to its end: no stop was asked for before. */
  private boolean ready;

  private volatile boolean stopping;

  private Appliance(
      ApplianceSettings settings,
      DataDirectory data,
      StorageFacts storage,
      EngineRuntime runtime,
      NodeFileSystems fileSystems,
      StopRequest request,
      CompletableFuture<Void> failed) {
    this.settings = settings;
    this.data = data;
    this.storage = storage;
    this.runtime = runtime;
    this.fileSystems = fileSystems;
    this.request = request;
    this.failed = failed;
  }

  /**
   * Starts a node and returns when clients can mount.
   *
   * @throws StartFailure if something that it needs is not to be had; all is closed again. No file
   *     system is made before all that can be known without one is known, the address included.
   */
  public static Appliance start(ApplianceSettings settings) {
    return start(settings, UnaryOperator.identity());
  }

  /**
   * As {@link #start(ApplianceSettings)}; when a stop is asked for, the start ends at once, and the
   * node is to be stopped without ever having been ready.
   */
  public static Appliance start(ApplianceSettings settings, StopRequest request) {
    return start(settings, request, UnaryOperator.identity());
  }

  /**
   * As {@link #start(ApplianceSettings)}.
   *
   * @param disks what to put in place of the disk
   */
  static Appliance start(ApplianceSettings settings, UnaryOperator<Disk> disks) {
    return start(settings, new StopRequest(), disks);
  }

  static Appliance start(
      ApplianceSettings settings, StopRequest request, UnaryOperator<Disk> disks) {
    DataDirectory data = DataDirectory.open(settings.dataDirectory());
    Appliance appliance;
    try {
      appliance = prepared(settings, data, request, disks);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
    try {
      appliance.open();
      appliance.listenForApi();
      data.inUse();
      appliance.ready = true;
    } catch (StopRequest.Made asked) {
      LOG.info("the start ends before its end, as the node is to stop");
    } catch (RuntimeException e) {
      appliance.endAfter(e);
      throw e;
    }
    return appliance;
  }

  /** Loops and all else that serves no one yet. */
  private static Appliance prepared(
      ApplianceSettings settings,
      DataDirectory data,
      StopRequest request,
      UnaryOperator<Disk> disks) {
    StorageFacts storage = storageOf(data.path());
    NfsAddress.check(settings.nfsAddress());
    if (settings.apiAddress() != null) {
      NfsAddress.check(settings.apiAddress(), API_OPTION);
    }
    EngineRuntime runtime = runtimeOf(settings);
    CompletableFuture<Void> failed = new CompletableFuture<>();
    try {
      NodeFileSystems fileSystems =
          new NodeFileSystems(settings, data, runtime, disks, () -> failed.complete(null));
      return new Appliance(settings, data, storage, runtime, fileSystems, request, failed);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /** Ends what a start that fails has begun, whose failure must not be lost by that. */
  private void endAfter(RuntimeException failure) {
    try {
      StopOutcome outcome = stop();
      if (outcome != StopOutcome.ALL_ON_DISK) {
        LOG.error("the start fails, and what it had begun did not end in order: {}", outcome);
      }
    } catch (RuntimeException e) {
      LOG.error("the start fails, and what it had begun did not end in order", e);
      failure.addSuppressed(e);
    }
  }

  static StorageFacts storageOf(Path directory) {
    StorageFacts storage;
    try {
      storage = StorageFacts.of(directory);
    } catch (IOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, "the disk below " + directory + " can't be used: " + e.getMessage());
    }
    if (IN_MEMORY.contains(storage.fileSystemType())) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          directory
              + " is in memory ("
              + storage.fileSystemType()
              + "), where nothing survives a restart: choose a directory on a local ext4 or XFS"
              + " (--data)");
    }
    if (!storage.directIo()) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the disk below "
              + directory
              + " ("
              + storage.fileSystemType()
              + ") does no direct I/O: choose a directory on a local ext4 or XFS (--data)");
    }
    return storage;
  }

  private static EngineRuntime runtimeOf(ApplianceSettings settings) {
    try {
      return EngineRuntime.start(settings.ioMode(), settings.loops(), WORKERS);
    } catch (EngineUnavailableException e) {
      throw new StartFailure(Kind.IO_URING, e.getMessage());
    }
  }

  private void open() throws StopRequest.Made {
    List<FileSystemId> present = fileSystems.present();
    FileSystemId first = served(present);
    if (first != null) {
      served = request.unlessMade(() -> fileSystems.start(first));
      address =
          request.unlessMade(() ->
              fileSystems
                  .listenOrFail(first, MountPoint.openAt(settings.nfsAddress()))
                  .recover(Appliance::asStartFailure));
      StartRoom.forStep(
          data,
          () -> {
            data.setDefault(first.toString());
            return null;
          });
      LOG.info("serving {} at {}", first, address);
    }
    control =
        StartRoom.forStep(
            data,
            () ->
                NodeControl.open(data.path(), fileSystems, fileSystems.maxFileSystems(), settings));
    request.unlessMade(control::start);
    fileSystems.begin();
  }

  /** One that is fenced before it is listened at is down for its disk. */
  private static <T> Future<T> asStartFailure(Throwable failure) {
    return Future.failedFuture(
        failure instanceof HostRefusal refusal
            ? new StartFailure(Kind.DATA_DIRECTORY, refusal.getMessage())
            : failure);
  }

  /** Which file system is served where the node is told to; null if that one was deleted. */
  private FileSystemId served(List<FileSystemId> present) {
    String name = data.defaultFileSystem();
    if (name == null && present.size() > 1) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the data directory "
              + data.path()
              + " holds several file systems, and nothing says which of them is served at --nfs:"
              + " write its name into the file "
              + data.path().resolve(DataDirectory.DEFAULT_FILE)
              + ", or move the others away");
    }
    if (DataDirectory.NO_DEFAULT.equals(name)) {
      return null;
    }
    if (present.isEmpty()) {
      return FileSystemFolder.freshId();
    }
    return present.stream()
        .filter(id -> name == null || id.toString().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new StartFailure(
                Kind.DATA_DIRECTORY,
                "the data directory "
                    + data.path()
                    + " does not hold the file system "
                    + name
                    + ", which is served at --nfs: put its folder back, or give it that name again;"
                    + " or write another one's name into the file "
                    + data.path().resolve(DataDirectory.DEFAULT_FILE)
                    + ", or '"
                    + DataDirectory.NO_DEFAULT
                    + "'"));
  }

  /** What it does for its resources. */
  FileSystemHost fileSystems() {
    return fileSystems;
  }

  /** The resources that it keeps. */
  ControlPlane control() {
    return control.plane();
  }

  private void listenForApi() {
    InetSocketAddress wanted = settings.apiAddress();
    if (wanted == null) {
      return;
    }
    registerCollectors();
    String token = ControlFile.newToken();
    List<ApiRoutes> routes =
        List.of(
            new HealthRoutes(this::hangingLoops, this::notServed),
            new MetricsRoutes(metrics),
            new ControlRoutes(control.plane(), token, Clock.systemUTC()));
    try {
      api =
          ApiServer.start(
              wanted,
              metrics,
              routes,
              settings.control().certificate(),
              settings.control().privateKey());
    } catch (ApiAddressException e) {
      throw NfsAddress.refusal(wanted, e.getCause(), API_OPTION);
    }
    ControlFile found =
        new ControlFile(urlOf(api.address()), token, settings.control().certificate());
    StartRoom.forStep(
        data,
        () -> {
          found.writeTo(data.path());
          return null;
        });
  }

  private void closeApi() {
    if (api != null) {
      ControlFile.removeFrom(data.path());
      api.close();
    }
  }

  private void registerCollectors() {
    List<Thread> loopThreads =
        runtime.loops().stream()
            .map(
                loop -> LoopCalls.await(loop, () -> Future.succeededFuture(Thread.currentThread())))
            .toList();
    metrics
        .getPrometheusRegistry()
        .register(
            new FileSystemCollector(
                () ->
                    fileSystems.served().stream()
                        .map(served -> served.throughput().watch())
                        .toList(),
                Appliance::operationName));
    metrics
        .getPrometheusRegistry()
        .register(new LoopCollector(loopThreads, fileSystems::homeLoops));
    List<MemoryCollector.Kind> memory = new ArrayList<>(MemoryBounds.ofTheJvm());
    memory.addAll(fileSystems.memory());
    memory.add(control.memory());
    metrics.getPrometheusRegistry().register(new MemoryCollector(memory));
  }

  private static String operationName(int number) {
    Operation operation = Operation.ofNumber(number);
    return operation == null ? null : operation.name();
  }

  private URI urlOf(InetSocketAddress address) {
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    return URI.create(
        (settings.control().certificate() == null ? "http://" : "https://")
            + NetUtil.toSocketAddressString(new InetSocketAddress(host, address.getPort())));
  }

  /** A loop puts figures down every second, whatever becomes of its file systems. */
  private List<String> hangingLoops() {
    long now = System.nanoTime();
    if (stopping) {
      return List.of(); // those that have ended put nothing down any more
    }
    return fileSystems.served().stream()
        .map(served -> served.throughput().watch())
        .filter(watch -> watch.sample() != null && now - watch.sample().takenNanos() > HANGS_NANOS)
        .map(watch ->
            "the event loop of "
                + watch.id()
                + " has not turned for "
                + TimeUnit.NANOSECONDS.toSeconds(now - watch.sample().takenNanos())
                + " s")
        .toList();
  }

  private List<String> notServed() {
    if (stopping) {
      return List.of("the node is being stopped");
    }
    return fileSystems.served().stream()
        .filter(each -> !each.throughput().watch().isUp())
        .map(ServedFileSystem::whyDown)
        .toList();
  }

  public ApplianceFacts facts() {
    return new ApplianceFacts(
        address,
        api == null ? null : api.address(),
        served == null ? null : served.id(),
        served != null && served.isNew(),
        runtime.describe(),
        storage.describe(),
        storage.writeBarriers(),
        MemoryBounds.ofThisProcess(settings.loops(), settings.cacheBytes()),
        MachineMemory.bytes(),
        served == null ? null : recovery(),
        served == null ? null : served.grace(),
        served == null ? 0 : served.missingBytes(),
        control.firstKey());
  }

  private RecoveryFacts recovery() {
    String process = data.unstoppedProcess();
    VolumeRecovery replay = served.recovery();
    boolean stoppedInOrder = process == null && !replay.isNeeded();
    return served.isNew() || stoppedInOrder ? null : new RecoveryFacts(process, replay);
  }

  /** How often file systems were opened again after they had been fenced. An estimate. */
  long reopenings() {
    return fileSystems.served().stream().mapToLong(ServedFileSystem::reopenings).sum();
  }

  /** How often a fenced file system left something open or held: a defect. An estimate. */
  long disorderlyEnds() {
    return fileSystems.served().stream().mapToLong(ServedFileSystem::disorderlyEnds).sum();
  }

  /** Whether clients can mount: the start came to its end before a stop was asked for. */
  public boolean isReady() {
    return ready;
  }

  /**
   * Returns when the node is to stop, or a file system has failed and can't be opened again in this
   * process.
   *
   * @return whether one has failed, and nobody asked for a stop
   */
  public boolean awaitFailureOrStop() {
    request.awaitThisOr(failed);
    return !request.isMade();
  }

  /**
   * Stops: no new connections, running requests end, all becomes durable, everything is closed.
   * Returns within {@value #STOP_LIMIT_SECONDS} seconds and a little. Once only.
   */
  public StopOutcome stop() {
    return stop(TimeUnit.SECONDS.toNanos(STOP_LIMIT_SECONDS));
  }

  /** As {@link #stop()}, with another limit. */
  StopOutcome stop(long limitNanos) {
    FutureTask<StopOutcome> steps = new FutureTask<>(this::stopInOrder);
    // Of its own, as any step that has to do with the disk may hang with it.
    Thread.ofPlatform().daemon().name("atoll-stopping").start(steps);
    try {
      return steps.get(limitNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return StopOutcome.DISK_HANGS;
    } catch (ExecutionException e) {
      throw new IllegalStateException("stopping failed", e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts who stops a node", e);
    }
  }

  /** What clients were told comes first; nothing else is worth as much. */
  private StopOutcome stopInOrder() {
    stopping = true;
    if (control != null) {
      control.refuseRequests();
    }
    boolean allOnDisk = LoopCalls.await(fileSystems.stop());
    closeApi();
    if (control != null) {
      control.close();
    }
    runtime.close();
    fileSystems.close();
    if (!allOnDisk) {
      data.inUse();
    } else if (ready) {
      data.settled();
    }
    data.close();
    return allOnDisk ? StopOutcome.ALL_ON_DISK : StopOutcome.NOT_ALL_WRITTEN;
  }
}
