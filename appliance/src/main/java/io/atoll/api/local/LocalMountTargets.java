package io.atoll.api.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.efs.EfsApi;
import io.atoll.api.efs.Fields;
import io.atoll.control.network.Subnet;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.MountTargets;
import io.atoll.control.service.Refusal;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /atoll/v1/mount-targets}, for {@code atoll mount-target}: those that lead to an access
 * point, which EFS does not have. Used on the control thread.
 */
final class LocalMountTargets {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NO_CONTENT = 204;
  private static final int GROUPS_READ_MAX = 100;

  private final ControlPlane control;

  LocalMountTargets(ControlPlane control) {
    this.control = control;
  }

  /**
   * @param id null for all
   * @return null if there is no such request
   */
  Future<ApiResponse> handle(ApiRequest request, String id) throws Refusal {
    if (id == null) {
      return switch (request.method()) {
        case "GET" -> Future.succeededFuture(list());
        case "POST" -> create(request);
        default -> null;
      };
    }
    if (request.method().equals("DELETE")) {
      control.mountTargets().delete(id);
      return Future.succeededFuture(ApiResponse.empty(NO_CONTENT));
    }
    return null;
  }

  private ApiResponse list() {
    ObjectNode json = JSON.objectNode();
    ArrayNode all = json.putArray("MountTargets");
    control.mountTargets().toAccessPoints().forEach(target -> all.add(describe(target)));
    return EfsApi.json(OK, json);
  }

  private Future<ApiResponse> create(ApiRequest request) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    String accessPoint = body.anyText("AccessPointId");
    String subnet = body.anyText("SubnetId");
    String address = body.anyText("IpAddress");
    List<String> groups = body.anyTexts("SecurityGroups", GROUPS_READ_MAX);
    body.done();
    if (accessPoint == null) {
      throw Refusal.badRequest("AccessPointId is missing: say where it is to lead");
    }
    String fileSystem = control.accessPoints().get(accessPoint).fileSystemId();
    return control
        .mountTargets()
        .create(
            new MountTargets.Creation(
                fileSystem,
                subnet == null ? firstSubnet(fileSystem) : subnet,
                address,
                groups == null ? null : ids(groups),
                accessPoint))
        .map(made -> EfsApi.json(CREATED, describe(made)));
  }

  /** Of its zone, if it has one. */
  private String firstSubnet(String fileSystemId) throws Refusal {
    FileSystemResource fileSystem = control.fileSystems().get(fileSystemId);
    Subnet subnet =
        fileSystem.availabilityZone() == null
            ? control.network().subnets().getFirst()
            : control.network().inZone(fileSystem.availabilityZone());
    return subnet.id();
  }

  private List<String> ids(List<String> namesOrIds) throws Refusal {
    List<String> ids = new ArrayList<>();
    for (String each : namesOrIds) {
      ids.add(control.securityGroups().named(each).id());
    }
    return ids;
  }

  private ObjectNode describe(MountTarget target) {
    ObjectNode json =
        JSON.objectNode()
            .put("MountTargetId", target.id())
            .put("AccessPointId", target.accessPointId())
            .put("FileSystemId", target.fileSystemId())
            .put("LifeCycleState", control.mountTargets().state(target).apiName())
            .put("IpAddress", target.address())
            .put("SubnetId", target.subnetId());
    ArrayNode groups = json.putArray("SecurityGroups");
    target.securityGroups().forEach(groups::add);
    return json;
  }
}
