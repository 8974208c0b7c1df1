package io.atoll;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What an operator decides about a node.
 *
 * @param dataDirectory absolute; made if it is not there
 * @param nfsAddress where NFS clients connect
 * @param io what drives disks and sockets
 * @param lease how long a client's state outlives its last word
 */
public record ApplianceSettings(
    Path dataDirectory, InetSocketAddress nfsAddress, IoMode io, Duration lease) {

  /** What drives disks and sockets. */
  public enum IoMode {
    /** One io_uring for each event loop, sockets and disks together. */
    RING,
    /** NIO for sockets and a pool of workers for disks, where io_uring is forbidden. */
    NIO
  }
}
