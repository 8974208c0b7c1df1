package io.atoll.control.service;

import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.AccessPoint.PosixUser;
import io.atoll.control.resource.AccessPoint.RootDirectory;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.ResourceIds;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Access points. Nothing has to be made for one but its record, so it is available with that; the
 * node is told of it right after, and of all of them whenever it opens their file system. Confined
 * to the control thread.
 */
public final class AccessPoints {
  private final Resources resources;
  private final FileSystems fileSystems;
  private final FileSystemDeeds deeds;
  private final ControlLimits limits;
  private final RandomGenerator random;

  AccessPoints(
      Resources resources,
      FileSystems fileSystems,
      FileSystemDeeds deeds,
      ControlLimits limits,
      RandomGenerator random) {
    this.resources = resources;
    this.fileSystems = fileSystems;
    this.deeds = deeds;
    this.limits = limits;
    this.random = random;
  }

  /**
   * What is asked for.
   *
   * @param posixUser null for the client's own identity
   * @param rootDirectory null for the file system's
   */
  public record Creation(
      String clientToken,
      String fileSystemId,
      PosixUser posixUser,
      RootDirectory rootDirectory,
      SortedMap<String, String> tags) {}

  /** Makes an access point. */
  public AccessPoint create(Creation wanted) throws Refusal {
    String fileSystemId = fileSystems.get(wanted.fileSystemId()).id();
    String existing = resources.accessPointOfToken(fileSystemId, wanted.clientToken());
    if (existing != null) {
      throw Refusal.exists(
          EfsError.ACCESS_POINT_ALREADY_EXISTS,
          "the access point "
              + existing
              + " already exists with client token "
              + wanted.clientToken(),
          existing);
    }
    fileSystems.getAvailable(fileSystemId);
    FileSystems.checkTags(wanted.tags());
    checkRoom(fileSystemId);
    AccessPoint made =
        new AccessPoint(
            ResourceIds.fresh(ResourceIds.ACCESS_POINT, random),
            wanted.clientToken(),
            fileSystemId,
            LifeCycleState.AVAILABLE,
            wanted.posixUser(),
            wanted.rootDirectory() == null ? new RootDirectory("/", null) : wanted.rootDirectory(),
            wanted.tags());
    resources.put(made);
    deeds.add(made);
    return made;
  }

  private void checkRoom(String fileSystemId) throws Refusal {
    if (resources.accessPointsOf(fileSystemId).size() >= limits.accessPointsPerFileSystem()) {
      throw new Refusal(
          EfsError.ACCESS_POINT_LIMIT_EXCEEDED,
          "a file system has "
              + limits.accessPointsPerFileSystem()
              + " access points at most:"
              + " delete one");
    }
    if (resources.all(AccessPoint.class).size() >= limits.accessPoints()) {
      throw new Refusal(
          EfsError.ACCESS_POINT_LIMIT_EXCEEDED,
          "this node keeps " + limits.accessPoints() + " access points at most: delete one");
    }
  }

  /** The access point of that ID. */
  public AccessPoint get(String id) throws Refusal {
    AccessPoint found = resources.get(AccessPoint.class, id);
    if (found == null) {
      throw new Refusal(EfsError.ACCESS_POINT_NOT_FOUND, "there is no access point '" + id + "'");
    }
    return found;
  }

  /** All access points, by ID. A view. */
  public NavigableMap<String, AccessPoint> all() {
    return resources.all(AccessPoint.class);
  }

  /** Those of a file system, by ID. A view. */
  public NavigableMap<String, AccessPoint> of(String fileSystemId) throws Refusal {
    return resources.accessPointsOf(fileSystems.get(fileSystemId).id());
  }

  /** Removes one. */
  public void delete(String id) throws Refusal {
    AccessPoint removed = get(id);
    List<String> leading =
        resources.mountTargetsOf(removed.fileSystemId()).stream()
            .filter(target -> id.equals(target.accessPointId()))
            .map(MountTarget::id)
            .toList();
    if (!leading.isEmpty()) {
      throw Refusal.badRequest(
          "mount targets lead to the access point " + id + ": delete " + leading + " first");
    }
    resources.remove(removed);
    deeds.remove(removed);
  }
}
