package io.atoll.control.service;

import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.ResourceIds;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tags of file systems and access points. Confined to the control thread. */
public final class TagSets {
  private final Resources resources;
  private final FileSystems fileSystems;
  private final AccessPoints accessPoints;

  TagSets(Resources resources, FileSystems fileSystems, AccessPoints accessPoints) {
    this.resources = resources;
    this.fileSystems = fileSystems;
    this.accessPoints = accessPoints;
  }

  /**
   * @param id of a file system or an access point
   */
  public SortedMap<String, String> of(String id) throws Refusal {
    return isAccessPoint(id) ? accessPoints.get(id).tags() : fileSystems.get(id).tags();
  }

  private static boolean isAccessPoint(String id) {
    return id.startsWith(ResourceIds.ACCESS_POINT);
  }

  /** Adds tags, or gives those that are there other values. */
  public void add(String id, SortedMap<String, String> added) throws Refusal {
    SortedMap<String, String> tags = new TreeMap<>(of(id));
    tags.putAll(added);
    FileSystems.checkTags(tags);
    put(id, tags);
  }

  /** Removes tags; those that are not there count for nothing. */
  public void remove(String id, Collection<String> keys) throws Refusal {
    SortedMap<String, String> tags = new TreeMap<>(of(id));
    if (tags.keySet().removeAll(keys)) {
      put(id, tags);
    }
  }

  private void put(String id, SortedMap<String, String> tags) throws Refusal {
    if (isAccessPoint(id)) {
      AccessPoint point = accessPoints.get(id);
      resources.put(point.withTags(tags));
    } else {
      FileSystemResource fileSystem = fileSystems.get(id);
      resources.put(fileSystem.withTags(tags));
    }
  }
}
