package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.network.Network;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.AccessPoint.CreationInfo;
import io.atoll.control.resource.AccessPoint.PosixUser;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.Replication;
import io.atoll.control.service.ControlPlane;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.SortedMap;

/** Resources as EFS describes them. Used on the control thread. */
final class Descriptions {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MILLIS_SCALE = 3;

  private final ControlPlane control;
  private final Network network;
  private final Clock clock;

  Descriptions(ControlPlane control, Clock clock) {
    this.control = control;
    this.network = control.network();
    this.clock = clock;
  }

  ObjectNode fileSystem(FileSystemResource fileSystem) {
    ObjectNode json = JSON.objectNode();
    json.put("OwnerId", network.account());
    json.put("CreationToken", fileSystem.creationToken());
    json.put("FileSystemId", fileSystem.id());
    json.put("FileSystemArn", network.arn("file-system/" + fileSystem.id()));
    json.put("CreationTime", seconds(fileSystem.createdMillis()));
    json.put("LifeCycleState", control.fileSystems().state(fileSystem).apiName());
    putName(json, fileSystem.tags());
    json.put("NumberOfMountTargets", control.fileSystems().mountTargets(fileSystem.id()));
    json.set("SizeInBytes", size(control.fileSystems().usedBytes(fileSystem.id())));
    json.put("PerformanceMode", fileSystem.performanceMode().apiName());
    json.put("Encrypted", false);
    json.put("ThroughputMode", fileSystem.throughputMode().apiName());
    if (fileSystem.provisionedMibps() != null) {
      json.put("ProvisionedThroughputInMibps", fileSystem.provisionedMibps());
    }
    putZone(json, fileSystem.availabilityZone());
    json.set("Tags", tags(fileSystem.tags()));
    json.set("FileSystemProtection", protection(fileSystem));
    return json;
  }

  private ObjectNode size(long usedBytes) {
    ObjectNode size = JSON.objectNode();
    size.put("Value", usedBytes);
    size.put("Timestamp", seconds(clock.millis()));
    size.put("ValueInIA", 0L);
    size.put("ValueInStandard", usedBytes);
    size.put("ValueInArchive", 0L);
    return size;
  }

  private void putZone(ObjectNode json, String zone) {
    if (zone != null) {
      json.put("AvailabilityZoneName", zone);
      Subnet subnet = network.inZone(zone);
      if (subnet != null) {
        json.put("AvailabilityZoneId", subnet.zoneId());
      }
    }
  }

  ObjectNode protection(FileSystemResource fileSystem) {
    boolean destination = control.replications().isDestination(fileSystem.id());
    String protection =
        destination ? "REPLICATING" : fileSystem.overwriteProtection() ? "ENABLED" : "DISABLED";
    return JSON.objectNode().put("ReplicationOverwriteProtection", protection);
  }

  ObjectNode mountTarget(MountTarget target) {
    ObjectNode json = JSON.objectNode();
    json.put("OwnerId", network.account());
    json.put("MountTargetId", target.id());
    json.put("FileSystemId", target.fileSystemId());
    json.put("SubnetId", target.subnetId());
    json.put("LifeCycleState", control.mountTargets().state(target).apiName());
    json.put("IpAddress", target.address());
    json.put("NetworkInterfaceId", target.networkInterfaceId());
    json.put("AvailabilityZoneId", target.availabilityZoneId());
    json.put("AvailabilityZoneName", target.availabilityZoneName());
    json.put("VpcId", target.vpcId());
    return json;
  }

  ObjectNode accessPoint(AccessPoint point) {
    ObjectNode json = JSON.objectNode();
    json.put("ClientToken", point.clientToken());
    putName(json, point.tags());
    json.set("Tags", tags(point.tags()));
    json.put("AccessPointId", point.id());
    json.put("AccessPointArn", network.arn("access-point/" + point.id()));
    json.put("FileSystemId", point.fileSystemId());
    if (point.posixUser() != null) {
      json.set("PosixUser", posixUser(point.posixUser()));
    }
    ObjectNode root = json.putObject("RootDirectory").put("Path", point.rootDirectory().path());
    CreationInfo creation = point.rootDirectory().creationInfo();
    if (creation != null) {
      root.putObject("CreationInfo")
          .put("OwnerUid", creation.ownerUid())
          .put("OwnerGid", creation.ownerGid())
          .put("Permissions", creation.permissions());
    }
    json.put("OwnerId", network.account());
    json.put("LifeCycleState", point.state().apiName());
    return json;
  }

  private static ObjectNode posixUser(PosixUser user) {
    ObjectNode json = JSON.objectNode().put("Uid", user.uid()).put("Gid", user.gid());
    if (user.secondaryGids() != null) {
      ArrayNode gids = json.putArray("SecondaryGids");
      user.secondaryGids().forEach(gids::add);
    }
    return json;
  }

  ObjectNode replication(Replication replication) {
    String arn = network.arn("file-system/" + replication.id());
    ObjectNode json = JSON.objectNode();
    json.put("SourceFileSystemId", replication.id());
    json.put("SourceFileSystemRegion", network.region());
    json.put("SourceFileSystemArn", arn);
    json.put("OriginalSourceFileSystemArn", arn);
    json.put("CreationTime", seconds(replication.createdMillis()));
    json.put("SourceFileSystemOwnerId", network.account());
    ObjectNode destination = json.putArray("Destinations").addObject();
    destination.put("Status", "ENABLED");
    destination.put("StatusMessage", "recorded only: this node copies nothing");
    destination.put("FileSystemId", replication.destinationId());
    destination.put("Region", replication.destinationRegion());
    destination.put("OwnerId", network.account());
    if (replication.roleArn() != null) {
      destination.put("RoleArn", replication.roleArn());
    }
    return json;
  }

  private static void putName(ObjectNode json, SortedMap<String, String> tags) {
    String name = tags.get("Name");
    if (name != null) {
      json.put("Name", name);
    }
  }

  static ArrayNode tags(SortedMap<String, String> tags) {
    ArrayNode json = JSON.arrayNode();
    tags.forEach((key, value) -> json.addObject().put("Key", key).put("Value", value));
    return json;
  }

  private static BigDecimal seconds(long millis) {
    return BigDecimal.valueOf(millis, MILLIS_SCALE);
  }
}
