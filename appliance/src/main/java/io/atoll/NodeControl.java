package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.api.MemoryCollector;
import io.atoll.control.FileSystemHost;
import io.atoll.control.service.AccessKeys;
import io.atoll.control.service.ControlLimits;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.store.ResourceStoreException;
import io.atoll.control.store.RocksDbResourceStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Clock;

/** A node's control plane, kept in its data directory. Opened and closed by who may block. */
final class NodeControl implements AutoCloseable {
  private final RocksDbResourceStore store;
  private final ControlPlane plane;
  private AccessKeys.Pair firstKey;

  private NodeControl(RocksDbResourceStore store, ControlPlane plane) {
    this.store = store;
    this.plane = plane;
  }

  /**
   * Loads the resources of the node.
   *
   * @param fileSystemsMax how many the host takes
   * @throws StartFailure if they can't be had
   */
  static NodeControl open(
      Path data, FileSystemHost host, int fileSystemsMax, ApplianceSettings settings) {
    ControlSettings control = settings.control();
    ControlLimits limits =
        ControlLimits.of(
            Math.min(fileSystemsMax, ControlLimits.DEFAULT.fileSystems()),
            settings.throughput().limits());
    try {
      RocksDbResourceStore store =
          RocksDbResourceStore.open(data.resolve(DataDirectory.CONTROL_FOLDER));
      try {
        return new NodeControl(
            store,
            new ControlPlane(
                store,
                host,
                new ControlPlane.Settings(
                    data.resolve(DataDirectory.CONTROL_KEY_FILE),
                    control.network(),
                    control.mountTargetPort(),
                    limits,
                    Clock.systemUTC())));
      } catch (ResourceStoreException e) {
        store.close();
        throw e;
      }
    } catch (ResourceStoreException e) {
      throw failure(e);
    }
  }

  private static Kind kind(ResourceStoreException.Kind kind) {
    return switch (kind) {
      case UNUSABLE -> Kind.DATA_DIRECTORY;
      case DAMAGED -> Kind.STORE;
      case VERSION -> Kind.STORE_VERSION;
    };
  }

  /**
   * Begins to bring about what is recorded.
   *
   * @return completes when all file systems have been tried; fails with a {@link StartFailure} if
   *     nothing can be recorded
   */
  Future<Void> start() {
    return plane
        .start()
        .compose(pair -> {
          firstKey = pair;
          return plane.settled();
        })
        .recover(failure ->
            Future.failedFuture(
                failure instanceof ResourceStoreException store ? failure(store) : failure));
  }

  private static StartFailure failure(ResourceStoreException store) {
    return new StartFailure(kind(store.kind()), store.getMessage());
  }

  ControlPlane plane() {
    return plane;
  }

  /** What its store has of the node's memory. */
  MemoryCollector.Kind memory() {
    return new MemoryCollector.Kind("control", RocksDbResourceStore.MEMORY_BYTES, store::usedBytes);
  }

  /** The keys that were made at the very first start, else null. */
  AccessKeys.Pair firstKey() {
    return firstKey;
  }

  /** Takes no more requests. */
  void refuseRequests() {
    plane.refuseRequests();
  }

  @Override
  public void close() {
    plane.close();
  }
}
