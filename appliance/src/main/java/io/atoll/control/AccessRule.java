package io.atoll.control;

import java.net.InetSocketAddress;

/** Who may connect to a mount point. */
@FunctionalInterface
public interface AccessRule {

  /**
   * Asked on an event loop for each connection when it is accepted, and again by {@link
   * FileSystemHost#recheck}. Must not block, and must be thread-safe.
   *
   * @param peer where the connection comes from
   */
  boolean admits(InetSocketAddress peer);
}
