package io.atoll;

import io.atoll.io.runtime.IoMode;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What an operator decides about a node.
 *
 * @param dataDirectory absolute; made if it is not there
 * @param nfsAddress where NFS clients connect
 * @param ioMode what drives disks and sockets
 * @param leaseSeconds how long a client's state outlives its last word
 * @param cacheBytes for the data that clients read, off the heap
 */
public record ApplianceSettings(
    Path dataDirectory,
    InetSocketAddress nfsAddress,
    IoMode ioMode,
    int leaseSeconds,
    long cacheBytes) {}
