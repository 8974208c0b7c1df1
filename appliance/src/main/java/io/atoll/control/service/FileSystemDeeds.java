package io.atoll.control.service;

import io.atoll.control.AccessPointShape;
import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemHost;
import io.atoll.control.HostRefusal;
import io.atoll.control.MountPoint;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.Principal;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import io.atoll.modes.rate.PerformanceMode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the host do what the records of file systems say, and records what it has done. A deed that
 * fails leaves the record as it is, and the file system is faulty until the deed is done; it is
 * tried again from time to time. Confined to the control thread.
 */
final class FileSystemDeeds {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystemDeeds.class);

  private final ControlThread thread;
  private final Resources resources;
  private final FileSystemHost host;
  private final RandomGenerator random;

  /** Why the host can't do what is recorded, by the file system's ID. */
  private final Map<String, String> faults = new HashMap<>();

  /** The ends of what the host is doing, by the file system that it does it for. */
  private final Map<String, Promise<Void>> underWay = new HashMap<>();

  FileSystemDeeds(
      ControlThread thread, Resources resources, FileSystemHost host, RandomGenerator random) {
    this.thread = thread;
    this.resources = resources;
    this.host = host;
    this.random = random;
  }

  /** The host's name for a file system: the bits that the ID does not show don't count. */
  FileSystemId hostId(String id) {
    return FileSystemId.withName(id, new FileSystemId(random.nextLong(), random.nextLong()));
  }

  boolean isFaulty(String id) {
    return faults.containsKey(id);
  }

  long usedBytes(String id) {
    FileSystemFigures figures = figures(id);
    return figures == null ? 0 : figures.usedBytes();
  }

  void create(FileSystemResource made) {
    run(
        made.id(),
        host.create(hostId(made.id()), FileSystems.shape(made)),
        nothing -> {
          becomes(made.id(), LifeCycleState.CREATING, LifeCycleState.AVAILABLE);
          return Future.succeededFuture();
        });
  }

  /** Opens one that is recorded as made; {@code then} runs when it is open. */
  void open(FileSystemResource made, Supplier<Future<Void>> then) {
    run(made.id(), host.open(hostId(made.id()), FileSystems.shape(made)), nothing -> then.get());
  }

  /**
   * @param before as it was, to return to if the host refuses; null after a crash
   */
  void update(FileSystemResource updated, FileSystemResource before) {
    Future<ChangeVerdict> changed =
        host.changeThroughput(hostId(updated.id()), FileSystems.shape(updated).throughput());
    run(
        updated.id(),
        changed,
        verdict -> {
          FileSystemResource now = resources.get(FileSystemResource.class, updated.id());
          if (now == null || now.state() != LifeCycleState.UPDATING) {
            return Future.succeededFuture();
          }
          Refusal why = null;
          if (verdict instanceof Refused refused) {
            why = Refusal.badRequest(refused.message());
            LOG.warn("{} keeps its throughput: {}", now.id(), refused.message());
          }
          boolean back = why != null && before != null;
          FileSystemResource settled =
              back
                  ? now.withThroughput(
                      before.throughputMode(),
                      before.provisionedMibps(),
                      before.restrictedChangeMillis())
                  : now;
          resources.put(settled.in(LifeCycleState.AVAILABLE));
          return why == null ? Future.succeededFuture() : Future.failedFuture(why);
        });
  }

  void delete(FileSystemResource doomed, Consumer<FileSystemResource> gone) {
    run(
        doomed.id(),
        host.delete(hostId(doomed.id())),
        nothing -> {
          FileSystemResource now = resources.get(FileSystemResource.class, doomed.id());
          if (now != null && now.state() == LifeCycleState.DELETING) {
            gone.accept(now);
          }
          return Future.succeededFuture();
        });
  }

  private void becomes(String id, LifeCycleState from, LifeCycleState to) {
    FileSystemResource now = resources.get(FileSystemResource.class, id);
    if (now != null && now.state() == from) {
      resources.put(now.in(to));
    }
  }

  /**
   * @param then what follows from the deed, and ends with it
   */
  private <T> void run(String id, Future<T> deed, Function<T, Future<Void>> then) {
    Promise<Void> end = Promise.promise();
    underWay.put(id, end);
    deed.onComplete(result ->
        thread.execute(() -> {
          if (result.failed()) {
            underWay.remove(id, end);
            fault(id, result.cause());
            end.fail(result.cause());
            return;
          }
          faults.remove(id);
          then.apply(result.result())
              .onComplete(ended -> {
                underWay.remove(id, end);
                end.handle(ended);
              });
        }));
  }

  /** Completes on the control thread when the host has ended what it does for it. */
  Future<Void> settled(String id) {
    Promise<Void> end = underWay.get(id);
    return end == null ? Future.succeededFuture() : end.future();
  }

  /** Completes on the control thread when all that is under way now has ended, well or not. */
  Future<Void> allSettled() {
    List<Future<Void>> ends = underWay.values().stream().map(Promise::future).toList();
    return Future.join(ends).otherwiseEmpty().mapEmpty();
  }

  Set<PerformanceMode> performanceModes() {
    return host.performanceModes();
  }

  /** Lets clients mount an access point; while its file system is not open, that comes later. */
  void add(AccessPoint accessPoint) {
    host.addAccessPoint(hostId(accessPoint.fileSystemId()), shape(accessPoint))
        .onFailure(refused -> missing(accessPoint, refused));
  }

  /** Lets no client mount it any more. */
  void remove(AccessPoint accessPoint) {
    host.removeAccessPoint(hostId(accessPoint.fileSystemId()), accessPoint.id())
        .onFailure(refused -> missing(accessPoint, refused));
  }

  private static void missing(AccessPoint accessPoint, Throwable cause) {
    LOG.warn(
        "{} of {}: {}; it is told of when the file system is open",
        accessPoint.id(),
        accessPoint.fileSystemId(),
        cause.getMessage());
  }

  /** What the host needs to know of an access point. */
  static AccessPointShape shape(AccessPoint accessPoint) {
    AccessPoint.PosixUser user = accessPoint.posixUser();
    AccessPoint.CreationInfo creation = accessPoint.rootDirectory().creationInfo();
    return new AccessPointShape(
        accessPoint.id(),
        user == null ? null : principal(user),
        Arrays.stream(accessPoint.rootDirectory().path().split("/"))
            .filter(name -> !name.isEmpty())
            .toList(),
        creation == null
            ? null
            : new AccessPointShape.Creation(
                (int) creation.ownerUid(),
                (int) creation.ownerGid(),
                Integer.parseInt(creation.permissions(), 8)));
  }

  private static Principal principal(AccessPoint.PosixUser user) {
    List<Long> groups = user.secondaryGids() == null ? List.of() : user.secondaryGids();
    return new Principal(
        (int) user.uid(), (int) user.gid(), groups.stream().mapToInt(Long::intValue).toArray());
  }

  /** Has it served at an address, beside its mount targets, open to whoever reaches it. */
  Future<InetSocketAddress> listen(String id, InetSocketAddress address) {
    return host.listen(hostId(id), MountPoint.openAt(address));
  }

  /** What is known of it now, or null if it is not open. */
  FileSystemFigures figures(String id) {
    return host.figures(hostId(id));
  }

  private void fault(String id, Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (why.equals(faults.put(id, why))) {
      return; // told already
    }
    if (cause instanceof HostRefusal) {
      LOG.warn("{}: {}", id, why);
    } else {
      LOG.error("{}: a deed of the node failed", id, cause);
    }
  }

  /** Whether the host is at work for it. */
  boolean isUnderWay(String id) {
    return underWay.containsKey(id);
  }
}
