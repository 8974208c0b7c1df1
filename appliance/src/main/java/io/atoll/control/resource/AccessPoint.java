package io.atoll.control.resource;

import java.util.List;
import java.util.SortedMap;

/**
 * A way into a file system with an identity and a root of its own.
 *
 * @param id {@code fsap-} and 17 hexadecimal digits
 * @param clientToken by which its creator knows it again; unique in the file system
 * @param posixUser the identity that replaces the client's, or null
 */
public record AccessPoint(
    String id,
    String clientToken,
    String fileSystemId,
    LifeCycleState state,
    PosixUser posixUser,
    RootDirectory rootDirectory,
    SortedMap<String, String> tags)
    implements Resource {

  public AccessPoint {
    tags = Tags.copy(tags);
  }

  public AccessPoint in(LifeCycleState newState) {
    return new AccessPoint(id, clientToken, fileSystemId, newState, posixUser, rootDirectory, tags);
  }

  public AccessPoint withTags(SortedMap<String, String> newTags) {
    return new AccessPoint(id, clientToken, fileSystemId, state, posixUser, rootDirectory, newTags);
  }

  /** Numbers of 32 bits, unsigned; null for no secondary groups said. */
  public record PosixUser(long uid, long gid, List<Long> secondaryGids) {
    public PosixUser {
      secondaryGids = secondaryGids == null ? null : List.copyOf(secondaryGids);
    }
  }

  /**
   * @param path absolute
   * @param creationInfo how to make it at a mount if it is missing; null for not at all
   */
  public record RootDirectory(String path, CreationInfo creationInfo) {}

  /**
   * @param permissions three or four octal digits, as they were given
   */
  public record CreationInfo(long ownerUid, long ownerGid, String permissions) {}
}
