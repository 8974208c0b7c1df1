package io.atoll.control.service;

import io.atoll.control.network.Network;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.Replication;
import io.atoll.control.store.ResourceChange;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * Replication configurations: kept and told. Nothing is copied, so their destination must be a file
 * system that is there. Confined to the control thread.
 */
public final class Replications {
  private final Resources resources;
  private final Network network;
  private final Clock clock;

  Replications(Resources resources, Network network, Clock clock) {
    this.resources = resources;
    this.network = network;
    this.clock = clock;
  }

  /**
   * Where to.
   *
   * @param region null for this one
   * @param availabilityZone of a new destination, or null
   * @param fileSystemId of an existing destination, or null
   * @param roleArn or null
   */
  public record Destination(
      String region, String availabilityZone, String fileSystemId, String roleArn) {}

  /** Whether the file system is the source or the destination of one. */
  boolean involves(String fileSystemId) {
    return ofEither(fileSystemId) != null;
  }

  /** Whether the file system is the destination of one. */
  public boolean isDestination(String fileSystemId) {
    return resources.all(Replication.class).values().stream()
        .anyMatch(replication -> replication.destinationId().equals(fileSystemId));
  }

  /** The one that the file system is the source or the destination of, or null. */
  Replication ofEither(String fileSystemId) {
    Replication source = resources.get(Replication.class, fileSystemId);
    if (source != null) {
      return source;
    }
    return resources.all(Replication.class).values().stream()
        .filter(replication -> replication.destinationId().equals(fileSystemId))
        .findFirst()
        .orElse(null);
  }

  /** Records one. */
  public Replication create(FileSystemResource source, Destination wanted) throws Refusal {
    if (involves(source.id())) {
      throw conflict(source.id());
    }
    if (wanted.fileSystemId() == null) {
      throw checkedNew(wanted);
    }
    if (wanted.fileSystemId().equals(source.id())) {
      throw Refusal.badRequest("a file system can't be replicated to itself");
    }
    if (wanted.region() != null && !wanted.region().equals(network.region())) {
      throw Refusal.badRequest(
          "Region "
              + wanted.region()
              + ": the destination must be in "
              + network.region()
              + ", this node's");
    }
    FileSystemResource destination = resources.get(FileSystemResource.class, wanted.fileSystemId());
    if (destination == null) {
      throw new Refusal(
          EfsError.FILE_SYSTEM_NOT_FOUND,
          "there is no file system '" + wanted.fileSystemId() + "'");
    }
    if (involves(destination.id())) {
      throw conflict(destination.id());
    }
    if (destination.overwriteProtection()) {
      throw Refusal.badRequest(
          "the file system "
              + destination.id()
              + " is protected from being overwritten: disable its"
              + " ReplicationOverwriteProtection first");
    }
    Replication made =
        new Replication(
            source.id(), clock.millis(), destination.id(), network.region(), wanted.roleArn());
    resources.put(made);
    return made;
  }

  /** To make the destination is not offered. */
  private Refusal checkedNew(Destination wanted) {
    String zone = wanted.availabilityZone();
    if (zone != null && network.inZone(zone) == null) {
      return new Refusal(
          EfsError.UNSUPPORTED_AVAILABILITY_ZONE,
          "AvailabilityZoneName "
              + zone
              + ": this node has "
              + network.subnets().stream().map(Subnet::zoneName).distinct().sorted().toList());
    }
    return Refusal.badRequest(
        "Destinations: this node makes no destination: create a file system, disable its"
            + " ReplicationOverwriteProtection, and give its FileSystemId");
  }

  private static Refusal conflict(String id) {
    return new Refusal(
        EfsError.CONFLICT, "the file system " + id + " is part of a replication already");
  }

  /** All, by their source. A view. */
  public NavigableMap<String, Replication> all() {
    return resources.all(Replication.class);
  }

  /** The one that the file system is part of. */
  public Replication of(String fileSystemId) throws Refusal {
    Replication found = ofEither(fileSystemId);
    if (found == null) {
      throw new Refusal(
          EfsError.REPLICATION_NOT_FOUND,
          "the file system " + fileSystemId + " has no replication configuration");
    }
    return found;
  }

  /**
   * Removes the one that the file system is the source or the destination of; the destination is
   * protected from then on.
   */
  public void delete(String fileSystemId) throws Refusal {
    Replication doomed = of(fileSystemId);
    List<ResourceChange> changes = new ArrayList<>(List.of(ResourceChange.remove(doomed)));
    FileSystemResource destination =
        resources.get(FileSystemResource.class, doomed.destinationId());
    if (destination != null) {
      changes.add(ResourceChange.put(destination.withOverwriteProtection(true)));
    }
    resources.commit(changes);
  }
}
