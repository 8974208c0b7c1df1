package io.atoll.control.resource;

import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import java.util.SortedMap;

/**
 * A file system.
 *
 * @param id {@code fs-} and 17 hexadecimal digits
 * @param creationToken by which its creator knows it again; unique
 * @param createdMillis since the epoch
 * @param provisionedMibps with {@link ThroughputMode#PROVISIONED} only, else null
 * @param restrictedChangeMillis since the epoch: when the throughput mode was last changed or the
 *     provisioned throughput lowered; null if never
 * @param availabilityZone the zone of a One Zone file system, else null
 * @param nfsAddress where it is served beside its mount targets, as {@code 127.0.0.1:2050}; null
 *     for nowhere
 * @param overwriteProtection whether it may not become the destination of a replication
 */
public record FileSystemResource(
    String id,
    String creationToken,
    long createdMillis,
    LifeCycleState state,
    PerformanceMode performanceMode,
    ThroughputMode throughputMode,
    Double provisionedMibps,
    Long restrictedChangeMillis,
    String availabilityZone,
    String nfsAddress,
    boolean overwriteProtection,
    SortedMap<String, String> tags)
    implements Resource {

  public FileSystemResource {
    tags = Tags.copy(tags);
  }

  public FileSystemResource in(LifeCycleState newState) {
    return new FileSystemResource(
        id,
        creationToken,
        createdMillis,
        newState,
        performanceMode,
        throughputMode,
        provisionedMibps,
        restrictedChangeMillis,
        availabilityZone,
        nfsAddress,
        overwriteProtection,
        tags);
  }

  /** With other throughput settings. */
  public FileSystemResource withThroughput(
      ThroughputMode newMode, Double newMibps, Long changedMillis) {
    return new FileSystemResource(
        id,
        creationToken,
        createdMillis,
        state,
        performanceMode,
        newMode,
        newMibps,
        changedMillis,
        availabilityZone,
        nfsAddress,
        overwriteProtection,
        tags);
  }

  public FileSystemResource withOverwriteProtection(boolean protectedNow) {
    return new FileSystemResource(
        id,
        creationToken,
        createdMillis,
        state,
        performanceMode,
        throughputMode,
        provisionedMibps,
        restrictedChangeMillis,
        availabilityZone,
        nfsAddress,
        protectedNow,
        tags);
  }

  public FileSystemResource withTags(SortedMap<String, String> newTags) {
    return new FileSystemResource(
        id,
        creationToken,
        createdMillis,
        state,
        performanceMode,
        throughputMode,
        provisionedMibps,
        restrictedChangeMillis,
        availabilityZone,
        nfsAddress,
        overwriteProtection,
        newTags);
  }

  public FileSystemResource withNfsAddress(String address) {
    return new FileSystemResource(
        id,
        creationToken,
        createdMillis,
        state,
        performanceMode,
        throughputMode,
        provisionedMibps,
        restrictedChangeMillis,
        availabilityZone,
        address,
        overwriteProtection,
        tags);
  }
}
