package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem;
import io.atoll.fs.Principal;
import io.atoll.nfs4.wire.AttributeEncoder;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.ServerFacts;

/**
 * What is seen of a file system, and as whom: all of it, or an access point's directory by the
 * identity that it enforces. Each filehandle that a client has is of one view, and what is done
 * with it is done in that view; a view is a file system of its own to clients (fsid). Confined to
 * the home loop.
 */
public final class View {
  private final AccessPoint accessPoint;
  private final long key;
  private final AttributeEncoder attributes40;
  private final AttributeEncoder attributes41;

  private View(
      FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts, AccessPoint accessPoint) {
    this.accessPoint = accessPoint;
    this.key = accessPoint == null ? FileHandleCodec.WHOLE : accessPoint.key();
    this.attributes40 = encoder(0, fileSystem, handles, facts);
    this.attributes41 = encoder(1, fileSystem, handles, facts);
  }

  static View whole(FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts) {
    return new View(fileSystem, handles, facts, null);
  }

  static View of(
      AccessPoint accessPoint, FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts) {
    return new View(fileSystem, handles, facts, accessPoint);
  }

  private AttributeEncoder encoder(
      int minorVersion, FileSystem fileSystem, FileHandleCodec handles, ServerFacts facts) {
    return new AttributeEncoder(
        minorVersion, fileSystem.id(), key, fileSystem.limits(), handles, facts);
  }

  /** Null if this is the whole file system. */
  public AccessPoint accessPoint() {
    return accessPoint;
  }

  /** What stands for it in filehandles. */
  public long key() {
    return key;
  }

  /** Who {@code caller} is in this view. */
  public Principal identityOf(Principal caller) {
    return accessPoint == null || accessPoint.identity() == null ? caller : accessPoint.identity();
  }

  /** Encodes attributes as they look in this view. */
  public AttributeEncoder attributes(int minorVersion) {
    return minorVersion == 0 ? attributes40 : attributes41;
  }
}
