package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.api.ApiAddressException;
import io.atoll.api.ApiRoutes;
import io.atoll.api.ApiServer;
import io.atoll.api.FileSystemCollector;
import io.atoll.api.HealthRoutes;
import io.atoll.api.LoopCollector;
import io.atoll.api.MetricsRoutes;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.EngineUnavailableException;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.VolumeRecovery;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.nfs4.wire.Operation;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
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

  /** One file system, and all of it on its home loop. */
  private static final int EVENT_LOOPS = 1;

  /** For reads of the index. */
  private static final int WORKERS = 2;

  /** A disk may hang: after so long a stop gives up. What it writes takes far less. */
  private static final int STOP_LIMIT_SECONDS = 300;

  private final ApplianceSettings settings;
  private final DataDirectory data;
  private final StorageFacts storage;
  private final EngineRuntime runtime;
  private final VertxLoop homeLoop;
  private final FileSystemMemory memory;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CountDownLatch failed = new CountDownLatch(1);
  private ServedFileSystem served;

  /** Null if there is to be none. */
  private ApiServer api;

  private Appliance(
      ApplianceSettings settings, DataDirectory data, StorageFacts storage, EngineRuntime runtime) {
    this.settings = settings;
    this.data = data;
    this.storage = storage;
    this.runtime = runtime;
    homeLoop = runtime.loops().getFirst();
    memory = new FileSystemMemory(homeLoop, runtime.workers(), settings.cacheBytes());
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
   * As {@link #start(ApplianceSettings)}.
   *
   * @param disks what to put in place of the disk
   */
  static Appliance start(ApplianceSettings settings, UnaryOperator<Disk> disks) {
    DataDirectory data = DataDirectory.open(settings.dataDirectory());
    try {
      StorageFacts storage = storageOf(data.path());
      NfsAddress.check(settings.nfsAddress());
      if (settings.apiAddress() != null) {
        NfsAddress.check(settings.apiAddress(), API_OPTION);
      }
      EngineRuntime runtime = runtimeOf(settings);
      Appliance appliance = new Appliance(settings, data, storage, runtime);
      try {
        appliance.open(disks);
        appliance.listenForApi();
        data.inUse();
        return appliance;
      } catch (RuntimeException e) {
        runtime.close();
        appliance.memory.close();
        throw e;
      }
    } catch (RuntimeException e) {
      data.close();
      throw e;
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
      return EngineRuntime.start(settings.ioMode(), EVENT_LOOPS, WORKERS);
    } catch (EngineUnavailableException e) {
      throw new StartFailure(Kind.IO_URING, e.getMessage());
    }
  }

  private void open(UnaryOperator<Disk> disks) {
    FileSystemFolder folder = FileSystemFolder.in(data);
    StorageFacts folderStorage = storageOf(folder.path());
    ServedFileSystem.Opening opening =
        (mayCreate, fenced) ->
            OpenFileSystem.open(
                    runtime,
                    homeLoop,
                    folder,
                    folderStorage,
                    memory,
                    disks,
                    settings.clients().files(),
                    mayCreate ? LogVolume::open : LogVolume::openExisting,
                    fenced)
                .onSuccess(opened -> opened.scrub(settings.scrubBytesPerSecond()));
    served =
        LoopCalls.await(
            homeLoop,
            () ->
                ServedFileSystem.start(
                    homeLoop,
                    opening,
                    opened ->
                        ServedThroughput.open(
                            homeLoop,
                            runtime.workers(),
                            folder.path(),
                            opened.id(),
                            opened.isNew(),
                            settings.throughput()),
                    settings.nfsAddress(),
                    new ServingSettings(settings.leaseSeconds(), settings.clients()),
                    failed::countDown));
    LOG.info("serving {} in {} at {}", served.id(), folder.path(), served.address());
  }

  private void listenForApi() {
    InetSocketAddress wanted = settings.apiAddress();
    if (wanted == null) {
      return;
    }
    Thread loopThread =
        LoopCalls.await(homeLoop, () -> Future.succeededFuture(Thread.currentThread()));
    metrics
        .getPrometheusRegistry()
        .register(
            new FileSystemCollector(
                () -> List.of(served.throughput().watch()), Appliance::operationName));
    metrics
        .getPrometheusRegistry()
        .register(new LoopCollector(List.of(loopThread), () -> Map.of(served.id().toString(), 0)));
    List<ApiRoutes> routes =
        List.of(new HealthRoutes(List::of, this::notServed), new MetricsRoutes(metrics));
    try {
      api = ApiServer.start(wanted, metrics, routes);
    } catch (ApiAddressException e) {
      LoopCalls.await(homeLoop, served::stop);
      throw NfsAddress.refusal(wanted, e.getCause(), API_OPTION);
    }
  }

  private static String operationName(int number) {
    Operation operation = Operation.ofNumber(number);
    return operation == null ? null : operation.name();
  }

  /** Changes the throughput of the file system, for requests that wait too. */
  public ChangeVerdict changeThroughput(ThroughputSettings wanted) {
    return LoopCalls.await(
        homeLoop, () -> Future.succeededFuture(served.throughput().change(wanted)));
  }

  private List<String> notServed() {
    return served.throughput().watch().isUp()
        ? List.of()
        : List.of(served.id() + " is down and is being opened again");
  }

  public ApplianceFacts facts() {
    return new ApplianceFacts(
        served.address(),
        api == null ? null : api.address(),
        served.id(),
        served.isNew(),
        runtime.describe(),
        storage.describe(),
        MemoryBounds.ofThisProcess(settings.cacheBytes()),
        recovery(),
        served.grace(),
        served.missingBytes());
  }

  private RecoveryFacts recovery() {
    String process = data.unstoppedProcess();
    VolumeRecovery replay = served.recovery();
    boolean stoppedInOrder = process == null && !replay.isNeeded();
    return served.isNew() || stoppedInOrder ? null : new RecoveryFacts(process, replay);
  }

  /** How often the file system was opened again after it had been fenced. An estimate. */
  long reopenings() {
    return served.reopenings();
  }

  /** How often a fenced file system left something open or held: a defect. An estimate. */
  long disorderlyEnds() {
    return served.disorderlyEnds();
  }

  /** Returns when the file system has failed and can't be opened again in this process. */
  public void awaitFailure() throws InterruptedException {
    failed.await();
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
    if (api != null) {
      api.close();
    }
    boolean allOnDisk;
    try {
      allOnDisk = LoopCalls.begin(homeLoop, served::stop).get(limitNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return StopOutcome.DISK_HANGS;
    } catch (ExecutionException e) {
      throw new IllegalStateException("stopping failed", e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts who stops a node", e);
    }
    runtime.close();
    memory.close();
    if (allOnDisk) {
      data.settled();
    }
    data.close();
    return allOnDisk ? StopOutcome.ALL_ON_DISK : StopOutcome.NOT_ALL_WRITTEN;
  }
}
