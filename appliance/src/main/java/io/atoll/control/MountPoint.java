package io.atoll.control;

import java.net.InetSocketAddress;

/**
 * An address at which NFS is exactly one file system, or one access point of it.
 *
 * @param address resolved
 * @param access who may connect
 * @param accessPoint the ID of the access point that is all that is seen there; null for the whole
 *     file system
 */
public record MountPoint(InetSocketAddress address, AccessRule access, String accessPoint) {

  /** Of the whole file system. */
  public MountPoint(InetSocketAddress address, AccessRule access) {
    this(address, access, null);
  }

  /** Open to whoever reaches it. */
  public static MountPoint openAt(InetSocketAddress address) {
    return new MountPoint(address, peer -> true);
  }
}
