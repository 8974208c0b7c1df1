package io.atoll.control;

import java.net.InetSocketAddress;

/**
 * An address at which NFS is exactly one file system.
 *
 * @param address resolved
 * @param access who may connect
 */
public record MountPoint(InetSocketAddress address, AccessRule access) {

  /** Open to whoever reaches it. */
  public static MountPoint openAt(InetSocketAddress address) {
    return new MountPoint(address, peer -> true);
  }
}
