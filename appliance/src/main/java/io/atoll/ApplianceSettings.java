package io.atoll;

import io.atoll.io.runtime.IoMode;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What an operator decides about a node.
 *
 * @param dataDirectory absolute; made if it is not there
 * @param nfsAddress where NFS clients connect
 * @param apiAddress where health and metrics are asked for; null for nowhere
 * @param ioMode what drives disks and sockets
 * @param leaseSeconds how long a client's state outlives its last word
 * @param cacheBytes for the data that clients read, off the heap, of all loops together
 * @param scrubBytesPerSecond how fast content is compared with its checksums in the background; 0
 *     for not at all
 * @param throughput of its file systems
 * @param clients who clients are, and how much they may ask
 * @param loops event loops, over which file systems are spread; at least 1
 * @param control of its API, and the networks of its mount targets
 */
public record ApplianceSettings(
    Path dataDirectory,
    InetSocketAddress nfsAddress,
    InetSocketAddress apiAddress,
    IoMode ioMode,
    int leaseSeconds,
    long cacheBytes,
    long scrubBytesPerSecond,
    ThroughputChoice throughput,
    ClientRules clients,
    int loops,
    ControlSettings control) {

  /** With one event loop, and all of the control plane by default. */
  public ApplianceSettings(
      Path dataDirectory,
      InetSocketAddress nfsAddress,
      InetSocketAddress apiAddress,
      IoMode ioMode,
      int leaseSeconds,
      long cacheBytes,
      long scrubBytesPerSecond,
      ThroughputChoice throughput,
      ClientRules clients) {
    this(
        dataDirectory,
        nfsAddress,
        apiAddress,
        ioMode,
        leaseSeconds,
        cacheBytes,
        scrubBytesPerSecond,
        throughput,
        clients,
        1,
        ControlSettings.DEFAULT);
  }

  /** The same for another data directory. */
  public ApplianceSettings in(Path otherDirectory) {
    return new ApplianceSettings(
        otherDirectory,
        nfsAddress,
        apiAddress,
        ioMode,
        leaseSeconds,
        cacheBytes,
        scrubBytesPerSecond,
        throughput,
        clients,
        loops,
        control);
  }
}
