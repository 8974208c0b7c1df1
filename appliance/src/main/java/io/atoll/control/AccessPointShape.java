package io.atoll.control;

import io.atoll.fs.Principal;
import java.util.List;

/**
 * An access point as a node serves it.
 *
 * @param id {@code fsap-} and 17 hexadecimal digits
 * @param identity who every caller is there; null if callers are who they say
 * @param path the names that lead from the file system's root to its directory; none for the root
 * @param creation how the directory is made by a mount that does not find it; null if it is not
 */
public record AccessPointShape(
    String id, Principal identity, List<String> path, Creation creation) {

  public AccessPointShape {
    path = List.copyOf(path);
  }

  /** Owner and mode of a directory that is made. */
  public record Creation(int uid, int gid, int mode) {}
}
