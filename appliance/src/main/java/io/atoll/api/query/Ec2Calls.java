package io.atoll.api.query;

import io.atoll.api.aws.ApiResponse;
import io.atoll.control.network.Cidr;
import io.atoll.control.network.Network;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.SecurityGroup;
import io.atoll.control.service.ControlPlane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.xml.stream.XMLStreamException;

/** DescribeSubnets, DescribeAvailabilityZones and DescribeSecurityGroups, without pages. */
final class Ec2Calls {
  private static final String SERVICE = "ec2";
  private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
  private static final int DRY_RUN_STATUS = 412;
  private static final String NFS_PORT = "2049";

  private static final Map<String, Function<Subnet, String>> SUBNET_FILTERS =
      Map.of(
          "subnet-id", Subnet::id,
          "availability-zone", Subnet::zoneName,
          "availabilityZone", Subnet::zoneName,
          "availability-zone-id", Subnet::zoneId,
          "cidr-block", subnet -> subnet.addresses().toString(),
          "state", subnet -> "available");

  private static final Map<String, Function<Subnet, String>> ZONE_FILTERS =
      Map.of(
          "zone-name", Subnet::zoneName,
          "zone-id", Subnet::zoneId,
          "state", zone -> "available",
          "zone-type", zone -> "availability-zone",
          "opt-in-status", zone -> "opt-in-not-required");

  private static final Map<String, Function<SecurityGroup, String>> GROUP_FILTERS =
      Map.of(
          "group-id", SecurityGroup::id,
          "group-name", SecurityGroup::name,
          "description", SecurityGroup::description);

  private final ControlPlane control;
  private final Network network;

  Ec2Calls(ControlPlane control) {
    this.control = control;
    network = control.network();
  }

  ApiResponse handle(QueryRequest call, String requestId) {
    String action = call.get("Action");
    try {
      List<Item> items =
          switch (action) {
            case "DescribeSubnets" -> subnets(call);
            case "DescribeAvailabilityZones" -> zones(call);
            case "DescribeSecurityGroups" -> securityGroups(call);
            default ->
                throw new Wrong("InvalidAction", "there is no action " + action + " on this node");
          };
      if (call.get("DryRun").equals("true")) {
        return QueryApi.error(
            SERVICE,
            DRY_RUN_STATUS,
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
            requestId);
      }
      return answer(action, items, requestId);
    } catch (Wrong wrong) {
      return QueryApi.error(
          SERVICE, QueryApi.BAD_REQUEST, wrong.code, wrong.getMessage(), requestId);
    }
  }

  private static ApiResponse answer(String action, List<Item> items, String requestId) {
    String set =
        switch (action) {
          case "DescribeSubnets" -> "subnetSet";
          case "DescribeAvailabilityZones" -> "availabilityZoneInfo";
          default -> "securityGroupInfo";
        };
    byte[] body =
        Xml.document(
            action + "Response",
            NAMESPACE,
            xml ->
                xml.text("requestId", requestId)
                    .element(
                        set,
                        list -> {
                          for (Item item : items) {
                            list.element("item", item::writeTo);
                          }
                        }));
    return new ApiResponse(QueryApi.OK, QueryApi.XML_TYPE, null, body);
  }

  private List<Item> subnets(QueryRequest call) throws Wrong {
    List<String> ids = call.list("SubnetId");
    for (String id : ids) {
      if (network.subnet(id) == null) {
        throw new Wrong("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
      }
    }
    List<Subnet> found = matching(network.subnets(), SUBNET_FILTERS, call);
    List<Item> items = new ArrayList<>();
    for (Subnet subnet : found) {
      if (ids.isEmpty() || ids.contains(subnet.id())) {
        items.add(xml -> write(subnet, xml));
      }
    }
    return items;
  }

  private void write(Subnet subnet, Xml xml) throws XMLStreamException {
    xml.text("subnetId", subnet.id())
        .text("subnetArn", ec2Arn("subnet/" + subnet.id()))
        .text("state", "available")
        .text("vpcId", network.vpcId())
        .text("ownerId", network.account())
        .text("cidrBlock", subnet.addresses().toString())
        .text("availableIpAddressCount", Long.toString(subnet.addresses().size()))
        .text("availabilityZone", subnet.zoneName())
        .text("availabilityZoneId", subnet.zoneId())
        .text("defaultForAz", "false")
        .text("mapPublicIpOnLaunch", "false");
  }

  private List<Item> zones(QueryRequest call) throws Wrong {
    Map<String, Subnet> byName = new TreeMap<>();
    network.subnets().forEach(subnet -> byName.putIfAbsent(subnet.zoneName(), subnet));
    List<String> names = call.list("ZoneName");
    for (String name : names) {
      if (!byName.containsKey(name)) {
        throw new Wrong("InvalidParameterValue", "Invalid availability zone: [" + name + "]");
      }
    }
    List<String> ids = call.list("ZoneId");
    List<Item> items = new ArrayList<>();
    for (Subnet zone : matching(List.copyOf(byName.values()), ZONE_FILTERS, call)) {
      if ((names.isEmpty() || names.contains(zone.zoneName()))
          && (ids.isEmpty() || ids.contains(zone.zoneId()))) {
        items.add(xml -> writeZone(zone, xml));
      }
    }
    return items;
  }

  private void writeZone(Subnet zone, Xml xml) throws XMLStreamException {
    xml.text("zoneName", zone.zoneName())
        .text("zoneId", zone.zoneId())
        .text("zoneState", "available")
        .text("zoneType", "availability-zone")
        .text("regionName", network.region())
        .text("groupName", network.region())
        .text("networkBorderGroup", network.region())
        .text("optInStatus", "opt-in-not-required");
  }

  private List<Item> securityGroups(QueryRequest call) throws Wrong {
    Map<String, SecurityGroup> all = control.securityGroups().all();
    List<String> ids = call.list("GroupId");
    for (String id : ids) {
      if (!all.containsKey(id)) {
        throw new Wrong("InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
      }
    }
    List<String> names = call.list("GroupName");
    List<Item> items = new ArrayList<>();
    for (SecurityGroup group : matching(List.copyOf(all.values()), GROUP_FILTERS, call)) {
      if ((ids.isEmpty() || ids.contains(group.id()))
          && (names.isEmpty() || names.contains(group.name()))) {
        items.add(xml -> write(group, xml));
      }
    }
    return items;
  }

  private void write(SecurityGroup group, Xml xml) throws XMLStreamException {
    xml.text("groupId", group.id())
        .text("groupName", group.name())
        .text("groupDescription", group.description())
        .text("ownerId", network.account())
        .text("vpcId", network.vpcId())
        .text("securityGroupArn", ec2Arn("security-group/" + group.id()))
        .element(
            "ipPermissions",
            permissions -> {
              if (!group.sources().isEmpty()) {
                permissions.element("item", item -> writePermission(group, item));
              }
            });
  }

  private static void writePermission(SecurityGroup group, Xml xml) throws XMLStreamException {
    Map<Boolean, List<String>> byVersion = new LinkedHashMap<>();
    byVersion.put(true, new ArrayList<>());
    byVersion.put(false, new ArrayList<>());
    group.sources().forEach(source -> byVersion.get(Cidr.parse(source).isIpv4()).add(source));
    xml.text("ipProtocol", "tcp")
        .text("fromPort", NFS_PORT)
        .text("toPort", NFS_PORT)
        .element("ipRanges", ranges -> writeRanges(byVersion.get(true), "cidrIp", ranges))
        .element("ipv6Ranges", ranges -> writeRanges(byVersion.get(false), "cidrIpv6", ranges));
  }

  private static void writeRanges(List<String> sources, String name, Xml xml)
      throws XMLStreamException {
    for (String source : sources) {
      xml.element("item", item -> item.text(name, source));
    }
  }

  private String ec2Arn(String resource) {
    return "arn:"
        + network.partition()
        + ":ec2:"
        + network.region()
        + ":"
        + network.account()
        + ":"
        + resource;
  }

  /** Those that all filters let through; all are in the one VPC, and of the one account. */
  private <T> List<T> matching(
      List<T> all, Map<String, Function<T, String>> filters, QueryRequest call) throws Wrong {
    List<T> left = all;
    for (Map.Entry<String, List<String>> filter : call.filters().entrySet()) {
      Function<T, String> value =
          switch (filter.getKey()) {
            case "vpc-id" -> each -> network.vpcId();
            case "owner-id" -> each -> network.account();
            case "region-name" -> each -> network.region();
            default -> filters.get(filter.getKey());
          };
      if (value == null) {
        throw new Wrong("InvalidParameterValue", "The filter '" + filter.getKey() + "' is invalid");
      }
      left = left.stream().filter(each -> filter.getValue().contains(value.apply(each))).toList();
    }
    return left;
  }

  /** One of the things that are listed. */
  @FunctionalInterface
  private interface Item {
    void writeTo(Xml xml) throws XMLStreamException;
  }

  /** What the caller did wrong. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;

    Wrong(String code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }
}
