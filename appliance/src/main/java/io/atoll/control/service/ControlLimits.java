package io.atoll.control.service;

import io.atoll.modes.rate.ThroughputLimits;

/**
 * How much of everything a node takes, by EFS's quotas where it has one.
 *
 * @param fileSystems of the node
 * @param accessPointsPerFileSystem EFS's
 * @param accessPoints of the node; each takes about 1 KiB of heap
 * @param securityGroups of the node
 * @param sourcesPerSecurityGroup rules of one
 * @param accessKeys of the node
 * @param throughput of one file system
 */
public record ControlLimits(
    int fileSystems,
    int accessPointsPerFileSystem,
    int accessPoints,
    int securityGroups,
    int sourcesPerSecurityGroup,
    int accessKeys,
    ThroughputLimits throughput) {

  public static final int TAGS_MAX = 50;
  public static final int SECURITY_GROUPS_PER_MOUNT_TARGET = 5;

  public static final ControlLimits DEFAULT =
      new ControlLimits(1_000, 10_000, 20_000, 500, 60, 100, ThroughputLimits.DEFAULT);

  /** The default ones, but for what a node sets. */
  public static ControlLimits of(int fileSystems, ThroughputLimits throughput) {
    return new ControlLimits(
        fileSystems,
        DEFAULT.accessPointsPerFileSystem,
        DEFAULT.accessPoints,
        DEFAULT.securityGroups,
        DEFAULT.sourcesPerSecurityGroup,
        DEFAULT.accessKeys,
        throughput);
  }
}
