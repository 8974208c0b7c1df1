package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.service.AccessPoints;
import io.atoll.control.service.MountTargets;
import io.atoll.control.service.Refusal;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The operations on mount targets. */
final class MountTargetHandlers {
  private static final List<String> ADDRESS_TYPES = List.of("IPV4_ONLY", "IPV6_ONLY", "DUAL_STACK");
  private static final String IPV4_ONLY = ADDRESS_TYPES.getFirst();
  private static final int SECURITY_GROUPS_MAX = 100;

  private final MountTargets mountTargets;
  private final AccessPoints accessPoints;
  private final Descriptions descriptions;

  MountTargetHandlers(
      MountTargets mountTargets, AccessPoints accessPoints, Descriptions descriptions) {
    this.mountTargets = mountTargets;
    this.accessPoints = accessPoints;
    this.descriptions = descriptions;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.CREATE_MOUNT_TARGET, this::create);
    handlers.put(EfsOperation.DESCRIBE_MOUNT_TARGETS, Handler.at(this::describe));
    handlers.put(EfsOperation.DELETE_MOUNT_TARGET, Handler.at(this::delete));
    handlers.put(EfsOperation.MODIFY_MOUNT_TARGET_SECURITY_GROUPS, Handler.at(this::modifyGroups));
    handlers.put(
        EfsOperation.DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS, Handler.at(this::describeGroups));
  }

  private Future<ObjectNode> create(Input input) throws Refusal {
    Fields body = input.body();
    String fileSystemId = input.bodyId("FileSystemId", IdRule.FILE_SYSTEM);
    String subnetId = body.requiredText("SubnetId", TextRule.SUBNET_ID);
    String address = body.text("IpAddress", TextRule.IP_ADDRESS);
    String ipv6 = body.text("Ipv6Address", TextRule.IPV6_ADDRESS);
    String type = body.choice("IpAddressType", ADDRESS_TYPES);
    List<String> groups =
        body.texts("SecurityGroups", SECURITY_GROUPS_MAX, TextRule.SECURITY_GROUP_ID);
    input.done();
    if (ipv6 != null || (type != null && !type.equals(IPV4_ONLY))) {
      throw Refusal.badRequest(
          "the subnet "
              + subnetId
              + " has no addresses of IPv6: IpAddressType must be "
              + IPV4_ONLY);
    }
    return mountTargets
        .create(new MountTargets.Creation(fileSystemId, subnetId, address, groups))
        .map(descriptions::mountTarget);
  }

  private ObjectNode describe(Input input) throws Refusal {
    int size = input.pageSize("MaxItems", Integer.MAX_VALUE);
    String marker = input.queryText("Marker", TextRule.MARKER);
    String fileSystemId = input.queryId("FileSystemId", IdRule.FILE_SYSTEM);
    String targetId = input.queryText("MountTargetId", TextRule.MOUNT_TARGET_ID);
    String pointId = input.queryId("AccessPointId", IdRule.ACCESS_POINT);
    input.done();
    if (Stream.of(fileSystemId, targetId, pointId).filter(Objects::nonNull).count() != 1) {
      throw Refusal.badRequest(
          "exactly one of FileSystemId, MountTargetId and AccessPointId must be given");
    }
    List<MountTarget> found =
        targetId != null
            ? List.of(mountTargets.get(targetId))
            : mountTargets.of(
                pointId == null ? fileSystemId : accessPoints.get(pointId).fileSystemId());
    NavigableMap<String, MountTarget> byId = new TreeMap<>();
    found.forEach(target -> byId.put(target.id(), target));
    Page<MountTarget> page = Page.of(byId, marker, size);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (marker != null) {
      json.put("Marker", marker);
    }
    ArrayNode list = json.putArray("MountTargets");
    page.items().forEach(each -> list.add(descriptions.mountTarget(each)));
    if (page.next() != null) {
      json.put("NextMarker", page.next());
    }
    return json;
  }

  private ObjectNode delete(Input input) throws Refusal {
    String id = input.pathText("MountTargetId", TextRule.MOUNT_TARGET_ID);
    input.done();
    mountTargets.delete(id);
    return null;
  }

  private ObjectNode modifyGroups(Input input) throws Refusal {
    String id = input.pathText("MountTargetId", TextRule.MOUNT_TARGET_ID);
    List<String> groups =
        input.body().texts("SecurityGroups", SECURITY_GROUPS_MAX, TextRule.SECURITY_GROUP_ID);
    input.done();
    if (groups == null || groups.isEmpty()) {
      throw Refusal.badRequest("SecurityGroups: at least one must be given");
    }
    mountTargets.modifySecurityGroups(id, groups);
    return null;
  }

  private ObjectNode describeGroups(Input input) throws Refusal {
    String id = input.pathText("MountTargetId", TextRule.MOUNT_TARGET_ID);
    input.done();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode groups = json.putArray("SecurityGroups");
    mountTargets.securityGroups(id).forEach(groups::add);
    return json;
  }
}
