package io.atoll.control.resource;

import java.util.List;

/**
 * An address on which the NFS port is one file system, or one access point of it.
 *
 * @param id {@code fsmt-} and 17 hexadecimal digits
 * @param address the IP address as text
 * @param networkInterfaceId what EFS would call the network interface that has the address
 * @param securityGroups the IDs of those that say who may connect, at least one
 * @param accessPointId the access point that is all that is seen there; null for the whole file
 *     system
 */
public record MountTarget(
    String id,
    String fileSystemId,
    LifeCycleState state,
    String subnetId,
    String vpcId,
    String availabilityZoneName,
    String availabilityZoneId,
    String address,
    String networkInterfaceId,
    List<String> securityGroups,
    String accessPointId)
    implements Resource {

  public MountTarget {
    securityGroups = List.copyOf(securityGroups);
  }

  public MountTarget in(LifeCycleState newState) {
    return new MountTarget(
        id,
        fileSystemId,
        newState,
        subnetId,
        vpcId,
        availabilityZoneName,
        availabilityZoneId,
        address,
        networkInterfaceId,
        securityGroups,
        accessPointId);
  }

  public MountTarget withSecurityGroups(List<String> newGroups) {
    return new MountTarget(
        id,
        fileSystemId,
        state,
        subnetId,
        vpcId,
        availabilityZoneName,
        availabilityZoneId,
        address,
        networkInterfaceId,
        newGroups,
        accessPointId);
  }
}
