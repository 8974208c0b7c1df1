package io.atoll.control.service;

import io.atoll.control.AccessPointShape;
import io.atoll.control.DirectoryQuota;
import io.atoll.control.FileSystemFigures;
import io.atoll.control.FileSystemHost;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.MountPoint;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A host in memory. Deeds are done at once, or, while it is held, when it is let go, so that tests
 * see the states between. By names, as the real one.
 */
public final class FakeHost implements FileSystemHost {
  public final Map<String, FileSystemShape> made = new TreeMap<>();
  public final Map<InetSocketAddress, String> listening = new ConcurrentHashMap<>();
  public final Map<InetSocketAddress, MountPoint> points = new ConcurrentHashMap<>();
  public final List<InetSocketAddress> rechecked = new ArrayList<>();
  public final Map<String, AccessPointShape> accessPoints = new ConcurrentHashMap<>();
  public final Map<String, DirectoryQuota> quotas = new ConcurrentHashMap<>();
  public final List<String> opened = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private boolean holds;
  private HostRefusal.Reason refusal;

  /** From now on, deeds wait. */
  public synchronized void hold() {
    holds = true;
  }

  /** Does what waits, and from now on everything at once. */
  public synchronized void letGo() {
    holds = false;
    List<Runnable> deeds = List.copyOf(held);
    held.clear();
    deeds.forEach(Runnable::run);
  }

  /** From now on, deeds are refused, or done again with null. */
  public synchronized void refuse(HostRefusal.Reason reason) {
    refusal = reason;
  }

  private synchronized <T> Future<T> deed(Supplier<T> deed) {
    Promise<T> promise = Promise.promise();
    Runnable run =
        () -> {
          if (refusal != null) {
            promise.fail(new HostRefusal(refusal, "refused: " + refusal));
          } else {
            promise.complete(deed.get());
          }
        };
    if (holds) {
      held.add(run);
    } else {
      run.run();
    }
    return promise.future();
  }

  @Override
  public Future<Void> create(FileSystemId id, FileSystemShape shape) {
    return deed(() -> {
      made.putIfAbsent(id.toString(), shape);
      return null;
    });
  }

  @Override
  public Future<Void> open(FileSystemId id, FileSystemShape shape) {
    return deed(() -> {
      opened.add(id.toString());
      return null;
    });
  }

  @Override
  public Future<Void> delete(FileSystemId id) {
    return deed(() -> {
      made.remove(id.toString());
      return null;
    });
  }

  @Override
  public Future<InetSocketAddress> listen(FileSystemId id, MountPoint at) {
    return deed(() -> {
      listening.put(at.address(), id.toString());
      points.put(at.address(), at);
      return at.address();
    });
  }

  @Override
  public Future<Void> unlisten(FileSystemId id, InetSocketAddress at) {
    return deed(() -> {
      listening.remove(at);
      points.remove(at);
      return null;
    });
  }

  @Override
  public Future<Void> recheck(FileSystemId id, InetSocketAddress at) {
    return deed(() -> {
      rechecked.add(at);
      return null;
    });
  }

  @Override
  public Future<Void> addAccessPoint(FileSystemId id, AccessPointShape accessPoint) {
    return deed(() -> {
      accessPoints.put(accessPoint.id(), accessPoint);
      return null;
    });
  }

  @Override
  public Future<Void> removeAccessPoint(FileSystemId id, String accessPoint) {
    return deed(() -> {
      accessPoints.remove(accessPoint);
      return null;
    });
  }

  @Override
  public Future<DirectoryQuota> setQuota(
      FileSystemId id, List<String> path, AccessPointShape.Creation creation, QuotaLimits limits) {
    return deed(() -> {
      String text = "/" + String.join("/", path);
      DirectoryQuota quota =
          new DirectoryQuota(
              text, new Quota(new FileHandle(1, 1), limits, 0, 1, Quota.State.IN_FORCE));
      quotas.put(id + text, quota);
      return quota;
    });
  }

  @Override
  public Future<Void> removeQuota(FileSystemId id, List<String> path) {
    return quota(id, path)
        .map(quota -> {
          quotas.remove(id + quota.path());
          return null;
        });
  }

  @Override
  public Future<DirectoryQuota> quota(FileSystemId id, List<String> path) {
    DirectoryQuota quota = quotas.get(id + "/" + String.join("/", path));
    return quota != null
        ? deed(() -> quota)
        : Future.failedFuture(
            new HostRefusal(HostRefusal.Reason.NO_DIRECTORY_OR_QUOTA, "there is none"));
  }

  @Override
  public Future<List<DirectoryQuota>> quotas(FileSystemId id) {
    return deed(() -> List.copyOf(quotas.values()));
  }

  @Override
  public Future<ChangeVerdict> changeThroughput(FileSystemId id, ThroughputSettings wanted) {
    return deed(() -> {
      made.computeIfPresent(
          id.toString(), (name, shape) -> new FileSystemShape(shape.performanceMode(), wanted));
      return new ChangeVerdict.Accepted(wanted);
    });
  }

  @Override
  public Set<PerformanceMode> performanceModes() {
    return EnumSet.allOf(PerformanceMode.class);
  }

  @Override
  public PerformanceMode performanceMode(FileSystemId id) {
    FileSystemShape shape = made.get(id.toString());
    return shape == null ? PerformanceMode.GENERAL_PURPOSE : shape.performanceMode();
  }

  @Override
  public FileSystemFigures figures(FileSystemId id) {
    return made.containsKey(id.toString())
        ? new FileSystemFigures(
            true, made.get(id.toString()).throughput(), 0, List.of(), 0, 6_144, 0)
        : null;
  }

  @Override
  public synchronized List<FileSystemId> present() {
    return made.keySet().stream()
        .map(name -> FileSystemId.withName(name, new FileSystemId(0, 0)))
        .toList();
  }
}
