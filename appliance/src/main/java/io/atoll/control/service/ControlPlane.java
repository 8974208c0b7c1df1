package io.atoll.control.service;

import io.atoll.control.FileSystemHost;
import io.atoll.control.network.Network;
import io.atoll.control.resource.AccessKey;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.SecurityGroup;
import io.atoll.control.store.ResourceStore;
import io.atoll.fs.FileSystemId;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources of a node and the services that rule them. What is recorded is brought about at the
 * start and, where that fails, again and again; so a crash between a record and its deed heals.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

  /** How often what failed is tried again. */
  private static final long RETRY_SECONDS = 10;

  private final ControlThread thread;
  private final ResourceStore store;
  private final Resources resources;
  private final FileSystemHost host;
  private final FileSystemDeeds deeds;
  private final FileSystems fileSystems;
  private final MountTargets mountTargets;
  private final AccessPoints accessPoints;
  private final Quotas quotas;
  private final SecurityGroups securityGroups;
  private final Replications replications;
  private final Policies policies;
  private final TagSets tags;
  private final AccessKeys accessKeys;
  private final Denials denials;
  private final Network network;
  private final Clock clock;

  /**
   * What a control plane is made of.
   *
   * @param keyFile where the key is that seals secrets; made at the first start
   * @param nfsPort of all mount targets
   */
  public record Settings(
      Path keyFile, Network network, int nfsPort, ControlLimits limits, Clock clock) {}

  /**
   * Loads all resources; to be followed by {@link #start}. Blocks.
   *
   * @throws io.atoll.control.store.ResourceStoreException if they can't be loaded; {@code store} is
   *     the caller's to close then
   */
  public ControlPlane(ResourceStore store, FileSystemHost host, Settings settings) {
    this(store, host, settings, new ControlThread());
  }

  /** As the other, on {@code thread}. */
  ControlPlane(ResourceStore store, FileSystemHost host, Settings settings, ControlThread thread) {
    this.thread = thread;
    this.store = store;
    this.host = host;
    network = settings.network();
    clock = settings.clock();
    SecureRandom random = new SecureRandom();
    ControlLimits limits = settings.limits();
    resources = new Resources(store);
    denials = new Denials(clock);
    deeds = new FileSystemDeeds(thread, resources, host, random);
    replications = new Replications(resources, network, clock);
    fileSystems =
        new FileSystems(thread, resources, deeds, replications, network, limits, clock, random);
    securityGroups =
        new SecurityGroups(resources, limits, random, group -> mountTargets().groupChanged(group));
    mountTargets =
        new MountTargets(
            thread,
            resources,
            fileSystems,
            deeds,
            securityGroups,
            host,
            network,
            settings.nfsPort(),
            denials,
            random);
    accessPoints = new AccessPoints(resources, fileSystems, deeds, limits, random);
    quotas = new Quotas(fileSystems, accessPoints, deeds, host);
    policies = new Policies(resources, fileSystems);
    tags = new TagSets(resources, fileSystems, accessPoints);
    boolean nothingSealed = resources.all(AccessKey.class).isEmpty();
    SecretSealer sealer = SecretSealer.open(settings.keyFile(), nothingSealed, random);
    accessKeys = new AccessKeys(resources, sealer, limits, clock, random);
  }

  /**
   * Records what this node was found to have, and begins to bring about what is recorded. Once.
   *
   * @return at the very first start the pair of keys that was made for it, else null
   */
  public Future<AccessKeys.Pair> start() {
    return thread.call(() -> {
      boolean first = resources.all(SecurityGroup.class).isEmpty();
      AccessKeys.Pair pair = first ? accessKeys.create() : null;
      securityGroups.ensureDefault(network);
      adopt();
      converge();
      thread.every(RETRY_SECONDS, this::retry);
      return pair;
    });
  }

  /**
   * A file system without a record was made before there were any, or salvaged. One whose mode
   * can't be told gets its record by a later start, as the mode of a record is for ever.
   */
  private void adopt() {
    for (FileSystemId present : host.present()) {
      String id = present.toString();
      PerformanceMode mode =
          resources.get(FileSystemResource.class, id) == null
              ? host.performanceMode(present)
              : null;
      if (mode != null) {
        resources.put(
            new FileSystemResource(
                id,
                id,
                clock.millis(),
                LifeCycleState.AVAILABLE,
                mode,
                ThroughputMode.BURSTING,
                null,
                null,
                null,
                null,
                true,
                Collections.emptySortedMap()));
        LOG.info("{} is a file system of this node from now on", id);
      }
    }
  }

  private void converge() {
    for (FileSystemResource fileSystem : List.copyOf(fileSystems.all().values())) {
      converge(fileSystem);
    }
  }

  private void converge(FileSystemResource fileSystem) {
    switch (fileSystem.state()) {
      case CREATING -> deeds.create(fileSystem);
      case DELETING -> deeds.delete(fileSystem, fileSystems::gone);
      default -> deeds.open(fileSystem, () -> opened(fileSystem.id()));
    }
  }

  private Future<Void> opened(String id) {
    FileSystemResource now = resources.get(FileSystemResource.class, id);
    if (now == null) {
      return Future.succeededFuture();
    }
    if (now.state() == LifeCycleState.UPDATING) {
      deeds.update(now, null);
    } else {
      fileSystems.takeThroughput(now);
    }
    resources.accessPointsOf(id).values().forEach(deeds::add);
    List<Future<Void>> listening = new ArrayList<>(List.of(fileSystems.serveAgain(now)));
    for (MountTarget target : resources.mountTargetsOf(id)) {
      listening.add(mountTargets.converge(target));
    }
    return Future.join(listening).otherwiseEmpty().mapEmpty();
  }

  private void retry() {
    for (FileSystemResource fileSystem : List.copyOf(fileSystems.all().values())) {
      if (deeds.isFaulty(fileSystem.id()) && !deeds.isUnderWay(fileSystem.id())) {
        converge(fileSystem);
      }
    }
    for (MountTarget target : mountTargets.toConverge()) {
      if (!deeds.isFaulty(target.fileSystemId()) || target.state() == LifeCycleState.DELETING) {
        mountTargets.converge(target);
      }
    }
  }

  /** Completes when all that is under way for file systems has ended, well or not. */
  public Future<Void> settled() {
    return thread.call(deeds::allSettled).compose(settled -> settled);
  }

  /** Runs {@code request} on the control thread, which all services belong to. */
  public <T> Future<T> call(Callable<T> request) {
    return thread.call(request);
  }

  public FileSystems fileSystems() {
    return fileSystems;
  }

  public MountTargets mountTargets() {
    return mountTargets;
  }

  public AccessPoints accessPoints() {
    return accessPoints;
  }

  public Quotas quotas() {
    return quotas;
  }

  public SecurityGroups securityGroups() {
    return securityGroups;
  }

  public Replications replications() {
    return replications;
  }

  public Policies policies() {
    return policies;
  }

  public TagSets tags() {
    return tags;
  }

  public AccessKeys accessKeys() {
    return accessKeys;
  }

  public Denials denials() {
    return denials;
  }

  public Network network() {
    return network;
  }

  /** Takes no more requests; what follows from deeds is left to the next start. */
  public void refuseRequests() {
    thread.refuse();
  }

  /**
   * Ends requests and closes the store; the host goes on as it is. A store that a request does not
   * come back from, as its disk hangs, stays open. Blocks.
   */
  @Override
  public void close() {
    thread.refuse();
    if (thread.awaitEnd()) {
      store.close();
    }
  }
}
