package io.atoll.control;

import io.atoll.modes.rate.ThroughputSettings;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a node knows of a file system that is open.
 *
 * @param isServed false while it is fenced and not open again
 * @param throughput as it is now
 * @param homeLoop the number of the event loop that it lives on, from 0
 * @param mountPoints where it listens
 * @param connections of clients, at all mount points
 * @param usedBytes what its files take, in whole blocks
 * @param reopenings how often it was fenced and opened again
 */
public record FileSystemFigures(
    boolean isServed,
    ThroughputSettings throughput,
    int homeLoop,
    List<InetSocketAddress> mountPoints,
    int connections,
    long usedBytes,
    long reopenings) {

  public FileSystemFigures {
    mountPoints = List.copyOf(mountPoints);
  }
}
