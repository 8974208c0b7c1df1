package io.atoll.api.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.aws.Percent;
import io.atoll.api.efs.EfsApi;
import io.atoll.api.efs.Fields;
import io.atoll.control.network.Network;
import io.atoll.control.resource.AccessKey;
import io.atoll.control.resource.SecurityGroup;
import io.atoll.control.service.AccessKeys;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.Denial;
import io.atoll.control.service.Denials;
import io.atoll.control.service.EfsError;
import io.atoll.control.service.Refusal;
import io.vertx.core.Future;
import java.util.List;
import java.util.NavigableMap;

/**
 * {@code /atoll/v1}: file systems as the node has them, quotas, mount targets of access points,
 * access keys, security groups, denials and the network, for who has the node's token. Used on the
 * control thread.
 */
public final class LocalApi {
  public static final String PREFIX = "/atoll/v1";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NO_CONTENT = 204;
  private static final int SOURCES_READ_MAX = 1_000;

  private final ControlPlane control;
  private final LocalFileSystems fileSystems;
  private final LocalQuotas quotas;
  private final LocalMountTargets mountTargets;

  public LocalApi(ControlPlane control) {
    this.control = control;
    fileSystems = new LocalFileSystems(control.fileSystems());
    quotas = new LocalQuotas(control.quotas());
    mountTargets = new LocalMountTargets(control);
  }

  /**
   * Does what {@code request} asks for.
   *
   * @param rawPath behind {@link #PREFIX}
   * @return fails with a {@link Refusal}, or with a defect
   */
  public Future<ApiResponse> handle(ApiRequest request, String rawPath) {
    String[] parts = rawPath.substring(Math.min(1, rawPath.length())).split("/", -1);
    String id = parts.length == 2 ? Percent.decode(parts[1], false) : null;
    Future<ApiResponse> answer = null;
    try {
      if (parts.length <= 2) {
        answer =
            switch (parts[0]) {
              case "file-systems" -> fileSystems.handle(request, id);
              case "quotas" -> quotas.handle(request, id);
              case "mount-targets" -> mountTargets.handle(request, id);
              default -> atOnce(request, parts[0], id);
            };
      }
    } catch (Refusal refusal) {
      return Future.failedFuture(refusal);
    }
    return answer != null
        ? answer
        : Future.failedFuture(
            new Refusal(
                EfsError.UNKNOWN_OPERATION, "there is no " + request.method() + " at that path"));
  }

  private Future<ApiResponse> atOnce(ApiRequest request, String kind, String id) throws Refusal {
    ApiResponse answer =
        switch (kind) {
          case "access-keys" -> accessKeys(request, id);
          case "security-groups" -> securityGroups(request, id);
          case "denials" -> id == null && isGet(request) ? denials(request) : null;
          case "network" -> id == null && isGet(request) ? network() : null;
          default -> null;
        };
    return answer == null ? null : Future.succeededFuture(answer);
  }

  private static boolean isGet(ApiRequest request) {
    return request.method().equals("GET");
  }

  private ApiResponse accessKeys(ApiRequest request, String id) throws Refusal {
    if (id == null && isGet(request)) {
      ObjectNode json = JSON.objectNode();
      ArrayNode keys = json.putArray("AccessKeys");
      for (AccessKey key : control.accessKeys().all()) {
        keys.addObject().put("AccessKeyId", key.id()).put("CreatedMillis", key.createdMillis());
      }
      return EfsApi.json(OK, json);
    }
    if (id == null && request.method().equals("POST")) {
      Fields.of(EfsApi.body(request)).done();
      AccessKeys.Pair pair = control.accessKeys().create();
      return EfsApi.json(
          CREATED,
          JSON.objectNode().put("AccessKeyId", pair.id()).put("SecretAccessKey", pair.secret()));
    }
    if (id != null && request.method().equals("DELETE")) {
      control.accessKeys().revoke(id);
      return ApiResponse.empty(NO_CONTENT);
    }
    return null;
  }

  private ApiResponse securityGroups(ApiRequest request, String id) throws Refusal {
    if (id == null) {
      return switch (request.method()) {
        case "GET" -> listGroups();
        case "POST" -> createGroup(request);
        default -> null;
      };
    }
    return switch (request.method()) {
      case "GET" -> EfsApi.json(OK, group(control.securityGroups().named(id)));
      case "PUT" -> replaceSources(request, id);
      case "DELETE" -> {
        control.securityGroups().delete(id);
        yield ApiResponse.empty(NO_CONTENT);
      }
      default -> null;
    };
  }

  private ApiResponse listGroups() {
    ObjectNode json = JSON.objectNode();
    ArrayNode groups = json.putArray("SecurityGroups");
    NavigableMap<String, SecurityGroup> all = control.securityGroups().all();
    all.values().forEach(each -> groups.add(group(each)));
    return EfsApi.json(OK, json);
  }

  private ApiResponse createGroup(ApiRequest request) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    String name = body.anyText("GroupName");
    String description = body.anyText("Description");
    List<String> sources = body.anyTexts("Sources", SOURCES_READ_MAX);
    body.done();
    if (name == null) {
      throw Refusal.badRequest("GroupName is missing");
    }
    SecurityGroup made =
        control
            .securityGroups()
            .create(
                name,
                description == null ? "" : description,
                sources == null ? List.of() : sources);
    return EfsApi.json(CREATED, group(made));
  }

  private ApiResponse replaceSources(ApiRequest request, String id) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    List<String> sources = body.anyTexts("Sources", SOURCES_READ_MAX);
    body.done();
    if (sources == null) {
      throw Refusal.badRequest("Sources is missing");
    }
    return EfsApi.json(OK, group(control.securityGroups().replaceSources(id, sources)));
  }

  private static ObjectNode group(SecurityGroup group) {
    ObjectNode json =
        JSON.objectNode()
            .put("GroupId", group.id())
            .put("GroupName", group.name())
            .put("Description", group.description());
    ArrayNode sources = json.putArray("Sources");
    group.sources().forEach(sources::add);
    return json;
  }

  private ApiResponse denials(ApiRequest request) throws Refusal {
    String max = request.parameter("max");
    if (max != null && !max.matches("[1-9][0-9]{0,5}")) {
      throw Refusal.badRequest("max must be a whole number, at least 1");
    }
    int wanted = max == null ? Denials.KEPT_MAX : Integer.parseInt(max);
    ObjectNode json = JSON.objectNode().put("Count", control.denials().count());
    ArrayNode list = json.putArray("Denials");
    for (Denial denial : control.denials().latest(wanted)) {
      list.addObject()
          .put("Number", denial.number())
          .put("TimeMillis", denial.timeMillis())
          .put("Action", denial.action())
          .put("FileSystemId", denial.fileSystemId())
          .put("Via", denial.via())
          .put("Rule", denial.rule())
          .put("Compared", denial.compared());
    }
    return EfsApi.json(OK, json);
  }

  private ApiResponse network() {
    Network network = control.network();
    ObjectNode json =
        JSON.objectNode()
            .put("Region", network.region())
            .put("OwnerId", network.account())
            .put("VpcId", network.vpcId())
            .put("CidrBlock", network.vpc().toString());
    ArrayNode subnets = json.putArray("Subnets");
    network
        .subnets()
        .forEach(subnet ->
            subnets
                .addObject()
                .put("SubnetId", subnet.id())
                .put("AvailabilityZoneName", subnet.zoneName())
                .put("AvailabilityZoneId", subnet.zoneId())
                .put("CidrBlock", subnet.addresses().toString()));
    return EfsApi.json(OK, json);
  }
}
