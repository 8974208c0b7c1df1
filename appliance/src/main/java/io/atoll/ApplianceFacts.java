package io.atoll;

import io.atoll.control.service.AccessKeys;
import io.atoll.fs.FileSystemId;
import java.net.InetSocketAddress;

/**
 * What a running node tells its operator.
 *
 * @param nfsAddress where it listens, with the port that it got if 0 was asked for; null if the
 *     file system that was served there was deleted
 * @param apiAddress where health and metrics are asked for; null for nowhere
 * @param fileSystemId of the file system that it serves there; null if that was deleted
 * @param isNew whether this start made that file system
 * @param transport what drives disks and sockets, in words
 * @param disk what is below the data directory, in words
 * @param writeBarriers whether the file system there has its device flush what must be durable
 * @param memory the bounds of what the node takes
 * @param machineMemoryBytes what there is of it: the machine's, or what the node's container or
 *     unit may have of it
 * @param recovery null if the node before this one stopped in order, or there was none
 * @param grace null if no client had anything to reclaim
 * @param missingBytes how much more the disk must have free for anything to be added; 0 if
 *     something can be
 * @param firstKey the access key that the node's very first start made, to be told this once; else
 *     null
 */
public record ApplianceFacts(
    InetSocketAddress nfsAddress,
    InetSocketAddress apiAddress,
    FileSystemId fileSystemId,
    boolean isNew,
    String transport,
    String disk,
    boolean writeBarriers,
    MemoryBounds memory,
    long machineMemoryBytes,
    RecoveryFacts recovery,
    GraceFacts grace,
    long missingBytes,
    AccessKeys.Pair firstKey) {}
