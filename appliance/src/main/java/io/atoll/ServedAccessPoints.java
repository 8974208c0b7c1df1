package io.atoll;

import io.atoll.control.AccessPointShape;
import io.atoll.nfs4.op.AccessPoint;
import io.atoll.nfs4.op.AccessPoints;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The access points of a served file system, over all of its openings. Confined to the home loop.
 */
final class ServedAccessPoints {
  private final Map<String, AccessPoint> all = new LinkedHashMap<>();

  /** Where clients find them; null while the file system is down. */
  private AccessPoints served;

  /** Lets clients mount it; nothing if they can. */
  void add(AccessPointShape shape) {
    AccessPoint accessPoint = accessPointOf(shape);
    if (all.putIfAbsent(shape.id(), accessPoint) == null && served != null) {
      served.add(accessPoint);
    }
  }

  /** Lets no client mount it any more. */
  void remove(String id) {
    AccessPoint removed = all.remove(id);
    if (removed != null && served != null) {
      served.remove(removed);
    }
  }

  /** The file system is served anew. */
  void serve(AccessPoints newServed) {
    served = newServed;
    all.values().forEach(served::add);
  }

  /** The file system is down. */
  void down() {
    served = null;
  }

  private static AccessPoint accessPointOf(AccessPointShape shape) {
    List<byte[]> path =
        shape.path().stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    AccessPointShape.Creation creation = shape.creation();
    return new AccessPoint(
        shape.id(),
        shape.identity(),
        path,
        creation == null
            ? null
            : new AccessPoint.Creation(creation.uid(), creation.gid(), creation.mode()));
  }
}
