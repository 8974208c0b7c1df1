package io.atoll.control.service;

import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.Resource;
import io.atoll.control.resource.ResourceKind;
import io.atoll.control.store.ResourceChange;
import io.atoll.control.store.ResourceStore;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All resources in memory, as the store has them: a change is durable first and seen then. Confined
 * to the control thread.
 */
public final class Resources {
  private final ResourceStore store;
  private final Map<ResourceKind, NavigableMap<String, Resource>> byKind =
      new EnumMap<>(ResourceKind.class);
  private final Map<String, NavigableMap<String, AccessPoint>> accessPoints = new HashMap<>();
  private final Map<String, String> fileSystemByToken = new HashMap<>();
  private final Map<Token, String> accessPointByToken = new HashMap<>();

  private record Token(String fileSystemId, String clientToken) {}

  /** Loads what {@code store} has. Blocks. */
  public Resources(ResourceStore store) {
    this.store = store;
    for (ResourceKind kind : ResourceKind.values()) {
      byKind.put(kind, new TreeMap<>());
    }
    store.load(resource -> apply(ResourceChange.put(resource)));
  }

  /**
   * Makes the changes, all or none. Blocks until they are durable.
   *
   * @throws io.atoll.control.store.ResourceStoreException if they can't be; none is seen then
   */
  void commit(List<ResourceChange> changes) {
    store.commit(changes);
    changes.forEach(this::apply);
  }

  void put(Resource resource) {
    commit(List.of(ResourceChange.put(resource)));
  }

  void remove(Resource resource) {
    commit(List.of(ResourceChange.remove(resource)));
  }

  private void apply(ResourceChange change) {
    NavigableMap<String, Resource> all = byKind.get(change.kind());
    Resource before =
        change.resource() == null
            ? all.remove(change.id())
            : all.put(change.id(), change.resource());
    forget(before);
    remember(change.resource());
  }

  private void forget(Resource before) {
    if (before instanceof FileSystemResource fileSystem) {
      fileSystemByToken.remove(fileSystem.creationToken());
    } else if (before instanceof AccessPoint point) {
      accessPointByToken.remove(new Token(point.fileSystemId(), point.clientToken()));
      accessPoints.computeIfPresent(
          point.fileSystemId(),
          (id, points) -> {
            points.remove(point.id());
            return points.isEmpty() ? null : points;
          });
    }
  }

  private void remember(Resource now) {
    if (now instanceof FileSystemResource fileSystem) {
      fileSystemByToken.put(fileSystem.creationToken(), fileSystem.id());
    } else if (now instanceof AccessPoint point) {
      accessPointByToken.put(new Token(point.fileSystemId(), point.clientToken()), point.id());
      accessPoints
          .computeIfAbsent(point.fileSystemId(), id -> new TreeMap<>())
          .put(point.id(), point);
    }
  }

  /** The resource of that ID, or null. */
  <R extends Resource> R get(Class<R> type, String id) {
    return type.cast(byKind.get(ResourceKind.of(type)).get(id));
  }

  /** All of a kind, by ID. A view. */
  @SuppressWarnings("unchecked") // apply puts nothing else there
  <R extends Resource> NavigableMap<String, R> all(Class<R> type) {
    return (NavigableMap<String, R>)
        Collections.unmodifiableNavigableMap(byKind.get(ResourceKind.of(type)));
  }

  /** The ID of the file system made with that token, or null. */
  String fileSystemOfToken(String creationToken) {
    return fileSystemByToken.get(creationToken);
  }

  /** The ID of the access point made with that token, or null. */
  String accessPointOfToken(String fileSystemId, String clientToken) {
    return accessPointByToken.get(new Token(fileSystemId, clientToken));
  }

  /** The access points of a file system, by ID. A view. */
  NavigableMap<String, AccessPoint> accessPointsOf(String fileSystemId) {
    return Collections.unmodifiableNavigableMap(
        accessPoints.getOrDefault(fileSystemId, Collections.emptyNavigableMap()));
  }

  /** The mount targets of a file system, by ID. */
  List<MountTarget> mountTargetsOf(String fileSystemId) {
    return all(MountTarget.class).values().stream()
        .filter(target -> target.fileSystemId().equals(fileSystemId))
        .toList();
  }
}
