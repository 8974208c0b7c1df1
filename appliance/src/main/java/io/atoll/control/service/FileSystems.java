package io.atoll.control.service;

import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.network.Network;
import io.atoll.control.network.SocketAddresses;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.BackupPolicy;
import io.atoll.control.resource.FileSystemPolicy;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.LifecycleConfiguration;
import io.atoll.control.resource.Resource;
import io.atoll.control.resource.ResourceIds;
import io.atoll.control.store.ResourceChange;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import io.atoll.modes.rate.ModeControl;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** File systems: made, changed and removed. Confined to the control thread. */
public final class FileSystems {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystems.class);
  private static final double BYTES_PER_MIB = 1L << 20;

  private final ControlThread thread;
  private final Resources resources;
  private final FileSystemDeeds deeds;
  private final Replications replications;
  private final Network network;
  private final ControlLimits limits;
  private final Clock clock;
  private final RandomGenerator random;

  FileSystems(
      ControlThread thread,
      Resources resources,
      FileSystemDeeds deeds,
      Replications replications,
      Network network,
      ControlLimits limits,
      Clock clock,
      RandomGenerator random) {
    this.thread = thread;
    this.resources = resources;
    this.deeds = deeds;
    this.replications = replications;
    this.network = network;
    this.limits = limits;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What a file system is to be.
   *
   * @param performanceMode null for general purpose
   * @param throughputMode null for bursting
   * @param provisionedMibps null for none
   * @param availabilityZone null for one of all zones
   * @param backup null for what fits the zones
   */
  public record Creation(
      String creationToken,
      PerformanceMode performanceMode,
      ThroughputMode throughputMode,
      Double provisionedMibps,
      String availabilityZone,
      Boolean backup,
      SortedMap<String, String> tags) {}

  /** Records a file system and begins to make it. */
  public FileSystemResource create(Creation wanted) throws Refusal {
    String existing = resources.fileSystemOfToken(wanted.creationToken());
    if (existing != null) {
      throw Refusal.exists(
          EfsError.FILE_SYSTEM_ALREADY_EXISTS,
          "the file system "
              + existing
              + " already exists with creation token "
              + wanted.creationToken(),
          existing);
    }
    PerformanceMode performance =
        wanted.performanceMode() == null
            ? PerformanceMode.GENERAL_PURPOSE
            : wanted.performanceMode();
    ThroughputMode mode =
        wanted.throughputMode() == null ? ThroughputMode.BURSTING : wanted.throughputMode();
    if (!deeds.performanceModes().contains(performance)) {
      throw Refusal.badRequest(
          "PerformanceMode "
              + performance.apiName()
              + ": this node gives "
              + deeds.performanceModes().stream().map(PerformanceMode::apiName).toList());
    }
    checkZone(wanted.availabilityZone(), performance);
    accepted(
        ModeControl.judge(
            performance, limits.throughput(), settings(mode, wanted.provisionedMibps())));
    checkTags(wanted.tags());
    if (resources.all(FileSystemResource.class).size() >= limits.fileSystems()) {
      throw new Refusal(
          EfsError.FILE_SYSTEM_LIMIT_EXCEEDED,
          "this node keeps " + limits.fileSystems() + " file systems at most: delete one");
    }
    FileSystemResource made =
        new FileSystemResource(
            ResourceIds.fresh(ResourceIds.FILE_SYSTEM, random),
            wanted.creationToken(),
            clock.millis(),
            LifeCycleState.CREATING,
            performance,
            mode,
            wanted.provisionedMibps(),
            null,
            wanted.availabilityZone(),
            null,
            true,
            wanted.tags());
    boolean backup = wanted.backup() == null ? wanted.availabilityZone() != null : wanted.backup();
    List<ResourceChange> changes = new ArrayList<>(List.of(ResourceChange.put(made)));
    if (backup) {
      changes.add(ResourceChange.put(new BackupPolicy(made.id(), true)));
    }
    resources.commit(changes);
    deeds.create(made);
    return made;
  }

  private void checkZone(String zone, PerformanceMode performance) throws Refusal {
    if (zone == null) {
      return;
    }
    if (network.inZone(zone) == null) {
      throw new Refusal(
          EfsError.UNSUPPORTED_AVAILABILITY_ZONE,
          "AvailabilityZoneName "
              + zone
              + ": this node has "
              + network.subnets().stream().map(Subnet::zoneName).distinct().sorted().toList());
    }
    if (performance == PerformanceMode.MAX_IO) {
      throw Refusal.badRequest(
          "PerformanceMode maxIO: not for a One Zone file system (AvailabilityZoneName)");
    }
  }

  static void checkTags(SortedMap<String, String> tags) throws Refusal {
    if (tags.size() > ControlLimits.TAGS_MAX) {
      throw Refusal.badRequest(
          tags.size() + " tags: a resource has " + ControlLimits.TAGS_MAX + " at most");
    }
  }

  private static ThroughputSettings settings(ThroughputMode mode, Double mibps) {
    long rate = mibps == null ? 0 : (long) Math.min(Long.MAX_VALUE, mibps * BYTES_PER_MIB);
    return new ThroughputSettings(mode, rate);
  }

  /** What the host needs to know of {@code fileSystem}. */
  static FileSystemShape shape(FileSystemResource fileSystem) {
    return new FileSystemShape(
        fileSystem.performanceMode(),
        settings(fileSystem.throughputMode(), fileSystem.provisionedMibps()));
  }

  private static void accepted(ChangeVerdict verdict) throws Refusal {
    if (verdict instanceof Refused refused) {
      throw new Refusal(
          switch (refused.reason()) {
            case BAD_REQUEST -> EfsError.BAD_REQUEST;
            case THROUGHPUT_LIMIT_EXCEEDED -> EfsError.THROUGHPUT_LIMIT_EXCEEDED;
            case TOO_MANY_REQUESTS -> EfsError.TOO_MANY_REQUESTS;
          },
          refused.message());
    }
  }

  /** The file system of that ID. */
  public FileSystemResource get(String id) throws Refusal {
    FileSystemResource found = resources.get(FileSystemResource.class, id);
    if (found == null) {
      throw new Refusal(EfsError.FILE_SYSTEM_NOT_FOUND, "there is no file system '" + id + "'");
    }
    return found;
  }

  /** The file system of that ID, which must be available for what is asked. */
  public FileSystemResource getAvailable(String id) throws Refusal {
    FileSystemResource found = get(id);
    LifeCycleState state = state(found);
    if (state != LifeCycleState.AVAILABLE) {
      throw new Refusal(
          EfsError.INCORRECT_FILE_SYSTEM_LIFE_CYCLE_STATE,
          "the file system " + id + " is " + state.apiName() + ", and must be available");
    }
    return found;
  }

  /** The state to show: {@link LifeCycleState#ERROR} while the host can't do what is recorded. */
  public LifeCycleState state(FileSystemResource fileSystem) {
    return deeds.isFaulty(fileSystem.id()) && fileSystem.state() != LifeCycleState.DELETING
        ? LifeCycleState.ERROR
        : fileSystem.state();
  }

  /** All file systems, by ID. A view. */
  public NavigableMap<String, FileSystemResource> all() {
    return resources.all(FileSystemResource.class);
  }

  /** The file system that was made with that token, or null. */
  public FileSystemResource ofToken(String creationToken) {
    String id = resources.fileSystemOfToken(creationToken);
    return id == null ? null : resources.get(FileSystemResource.class, id);
  }

  public int mountTargets(String id) {
    return resources.mountTargetsOf(id).size();
  }

  /** Bytes in use, as the host has counted them last. */
  public long usedBytes(String id) {
    return deeds.usedBytes(id);
  }

  /**
   * Changes throughput settings and begins to have them in force.
   *
   * @param mode null for the one that it has
   * @param mibps null for none, or for what it has if the mode is not given either
   */
  public FileSystemResource update(String id, ThroughputMode mode, Double mibps) throws Refusal {
    FileSystemResource before = getAvailable(id);
    ThroughputMode newMode = mode == null ? before.throughputMode() : mode;
    Double newMibps =
        mibps == null && newMode == before.throughputMode() ? before.provisionedMibps() : mibps;
    long now = clock.millis();
    Long changed = before.restrictedChangeMillis();
    ModeControl control =
        new ModeControl(
            before.performanceMode(),
            limits.throughput(),
            settings(before.throughputMode(), before.provisionedMibps()),
            changed == null
                ? ModeControl.NEVER
                : Math.max(0, TimeUnit.MILLISECONDS.toSeconds(now - changed)),
            0);
    accepted(control.change(settings(newMode, newMibps), 0));
    boolean restricted = control.secondsSinceRestrictedChange(0) == 0;
    FileSystemResource updated =
        before
            .withThroughput(newMode, newMibps, restricted ? Long.valueOf(now) : changed)
            .in(LifeCycleState.UPDATING);
    if (updated.equals(before.in(LifeCycleState.UPDATING))) {
      return before;
    }
    resources.put(updated);
    deeds.update(updated, before);
    return updated;
  }

  /** Sets whether it may become a destination of replication. */
  public FileSystemResource protect(String id, boolean overwriteProtection) throws Refusal {
    if (replications.isDestination(id)) {
      throw new Refusal(
          EfsError.REPLICATION_ALREADY_EXISTS,
          "the file system "
              + id
              + " is the destination of a replication: delete its"
              + " configuration first");
    }
    FileSystemResource changed = getAvailable(id).withOverwriteProtection(overwriteProtection);
    resources.put(changed);
    return changed;
  }

  /** Begins the end of a file system that nothing leads to any more. */
  public void delete(String id) throws Refusal {
    FileSystemResource doomed = get(id);
    int targets = mountTargets(id);
    if (targets > 0) {
      throw new Refusal(
          EfsError.FILE_SYSTEM_IN_USE,
          "the file system " + id + " has " + targets + " mount targets: delete them first");
    }
    if (replications.involves(id)) {
      throw new Refusal(
          EfsError.FILE_SYSTEM_IN_USE,
          "the file system " + id + " is part of a replication: delete its configuration first");
    }
    if (doomed.state() == LifeCycleState.DELETING) {
      return;
    }
    if (doomed.state() != LifeCycleState.AVAILABLE && !deeds.isFaulty(id)) {
      throw new Refusal(
          EfsError.FILE_SYSTEM_IN_USE,
          "the file system " + id + " is " + doomed.state().apiName() + ": wait until it is done");
    }
    FileSystemResource deleting = doomed.in(LifeCycleState.DELETING);
    resources.commit(List.of(ResourceChange.put(deleting)));
    deeds.delete(deleting, this::gone);
  }

  /** Takes what was of a file system out of the records, once it is gone. */
  void gone(FileSystemResource deleted) {
    List<ResourceChange> changes = new ArrayList<>(List.of(ResourceChange.remove(deleted)));
    Collection<AccessPoint> points = resources.accessPointsOf(deleted.id()).values();
    points.forEach(point -> changes.add(ResourceChange.remove(point)));
    addRemoval(changes, FileSystemPolicy.class, deleted.id());
    addRemoval(changes, LifecycleConfiguration.class, deleted.id());
    addRemoval(changes, BackupPolicy.class, deleted.id());
    resources.commit(changes);
  }

  private <R extends Resource> void addRemoval(
      List<ResourceChange> changes, Class<R> type, String id) {
    R found = resources.get(type, id);
    if (found != null) {
      changes.add(ResourceChange.remove(found));
    }
  }

  /** Completes on the control thread when the host has ended what it does for it. */
  public Future<Void> settled(String id) {
    return deeds
        .settled(id)
        .recover(failure ->
            Future.failedFuture(
                failure instanceof HostRefusal refused ? Refusal.of(refused) : failure));
  }

  /**
   * Has it served at an address of the operator's choice, beside its mount targets and open to
   * whoever reaches it, from now on and after each start.
   *
   * @param address as {@code 127.0.0.1:2050}
   * @return completes on the control thread
   */
  public Future<FileSystemResource> serveAt(String id, String address) throws Refusal {
    FileSystemResource fileSystem = getAvailable(id);
    InetSocketAddress socket;
    try {
      socket = SocketAddresses.parse(address);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(e.getMessage());
    }
    Promise<FileSystemResource> served = Promise.promise();
    deeds
        .listen(fileSystem.id(), socket)
        .onComplete(listening ->
            thread.execute(() -> {
              FileSystemResource now = resources.get(FileSystemResource.class, id);
              if (listening.failed()) {
                served.fail(
                    listening.cause() instanceof HostRefusal refused
                        ? Refusal.of(refused)
                        : listening.cause());
              } else if (now == null) {
                served.fail(new Refusal(EfsError.FILE_SYSTEM_NOT_FOUND, id + " was deleted"));
              } else {
                FileSystemResource recorded = now.withNfsAddress(address);
                resources.put(recorded);
                served.complete(recorded);
              }
            }));
    return served.future();
  }

  /** Has one that was opened served where it was before. */
  Future<Void> serveAgain(FileSystemResource fileSystem) {
    String address = fileSystem.nfsAddress();
    if (address == null) {
      return Future.succeededFuture();
    }
    return deeds
        .listen(fileSystem.id(), SocketAddresses.parse(address))
        .onFailure(failure ->
            LOG.error("{} is not served at {}: {}", fileSystem.id(), address, failure.getMessage()))
        .mapEmpty();
  }

  /** The host keeps throughput settings itself: what it has counts. */
  void takeThroughput(FileSystemResource fileSystem) {
    FileSystemFigures figures = deeds.figures(fileSystem.id());
    if (figures != null && !figures.throughput().equals(shape(fileSystem).throughput())) {
      ThroughputSettings actual = figures.throughput();
      Double mibps =
          actual.mode() == ThroughputMode.PROVISIONED
              ? Double.valueOf(actual.provisionedBytesPerSecond() / BYTES_PER_MIB)
              : null;
      resources.put(
          fileSystem.withThroughput(actual.mode(), mibps, fileSystem.restrictedChangeMillis()));
    }
  }

  /** What the host knows of it now, or null if it is not open. */
  public FileSystemFigures figures(String id) {
    return deeds.figures(id);
  }

  /** Takes back a file system that could not be made as it was asked for. */
  public void abandon(String id) throws Refusal {
    FileSystemResource deleting = get(id).in(LifeCycleState.DELETING);
    resources.put(deleting);
    deeds.delete(deleting, this::gone);
  }
}
