package io.atoll;

import io.atoll.fs.FileSystemId;
import java.net.InetSocketAddress;

/**
 * What a running node tells its operator.
 *
 * @param nfsAddress where it listens, with the port that it got if 0 was asked for
 * @param fileSystemId of the file system that it serves
 * @param created whether this start made that file system
 * @param transport what drives disks and sockets, in words
 * @param diskType the type of the file system below the data directory, as Linux names it
 * @param alignmentBytes the unit of direct I/O on it
 * @param availableBytes what is free on it
 * @param memory the bounds of what the node takes
 */
public record ApplianceFacts(
    InetSocketAddress nfsAddress,
    FileSystemId fileSystemId,
    boolean created,
    String transport,
    String diskType,
    int alignmentBytes,
    long availableBytes,
    MemoryBounds memory) {}
