package io.atoll.api.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.efs.EfsApi;
import io.atoll.api.efs.Fields;
import io.atoll.control.FileSystemFigures;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.service.FileSystems;
import io.atoll.control.service.Refusal;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.util.TreeMap;
import java.util.UUID;

/**
 * {@code /atoll/v1/file-systems}, for {@code atoll fs}: what is asked for is done when the answer
 * comes. Used on the control thread.
 */
final class LocalFileSystems {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NO_CONTENT = 204;
  private static final double MIBPS_MIN = 1.0;

  private final FileSystems fileSystems;

  LocalFileSystems(FileSystems fileSystems) {
    this.fileSystems = fileSystems;
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
    return switch (request.method()) {
      case "GET" -> Future.succeededFuture(EfsApi.json(OK, describe(fileSystems.get(id))));
      case "PATCH" -> update(request, id);
      case "DELETE" -> {
        fileSystems.delete(id);
        yield fileSystems.settled(id).map(nothing -> ApiResponse.empty(NO_CONTENT));
      }
      default -> null;
    };
  }

  private ApiResponse list() {
    ObjectNode json = JSON.objectNode();
    ArrayNode all = json.putArray("fileSystems");
    fileSystems.all().values().stream()
        .filter(each -> each.state() != LifeCycleState.DELETING)
        .forEach(each -> all.add(describe(each)));
    return EfsApi.json(OK, json);
  }

  private Future<ApiResponse> create(ApiRequest request) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    PerformanceMode performance = performanceMode(body.anyText("performanceMode"));
    ThroughputMode throughput = throughputMode(body.anyText("throughputMode"));
    Double mibps = body.number("provisionedThroughputInMibps", MIBPS_MIN);
    String address = body.anyText("address");
    body.done();
    String id =
        fileSystems
            .create(
                new FileSystems.Creation(
                    UUID.randomUUID().toString(),
                    performance,
                    throughput,
                    mibps,
                    null,
                    null,
                    new TreeMap<>()))
            .id();
    return fileSystems
        .settled(id)
        .compose(made -> address == null ? Future.succeededFuture() : serve(id, address))
        .recover(failure -> abandon(id, failure))
        .map(made -> EfsApi.json(CREATED, describe(current(id))));
  }

  private FileSystemResource current(String id) {
    return fileSystems.all().get(id);
  }

  private Future<Void> serve(String id, String address) {
    try {
      return fileSystems.serveAt(id, address).mapEmpty();
    } catch (Refusal refusal) {
      return Future.failedFuture(refusal);
    }
  }

  /** One that can't be had as it was asked for is not kept. */
  private Future<Void> abandon(String id, Throwable failure) {
    try {
      fileSystems.abandon(id);
    } catch (Refusal gone) {
      return Future.failedFuture(failure);
    }
    return fileSystems.settled(id).transform(ended -> Future.failedFuture(failure));
  }

  private static PerformanceMode performanceMode(String name) throws Refusal {
    PerformanceMode mode = PerformanceMode.ofApiName(name);
    if (name != null && mode == null) {
      throw Refusal.badRequest("performanceMode '" + name + "' is none: generalPurpose or maxIO");
    }
    return mode;
  }

  private static ThroughputMode throughputMode(String name) throws Refusal {
    ThroughputMode mode = ThroughputMode.ofApiName(name);
    if (name != null && mode == null) {
      throw Refusal.badRequest(
          "throughputMode '" + name + "' is none: bursting, provisioned or elastic");
    }
    return mode;
  }

  private Future<ApiResponse> update(ApiRequest request, String id) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    ThroughputMode mode = throughputMode(body.anyText("throughputMode"));
    Double mibps = body.number("provisionedThroughputInMibps", MIBPS_MIN);
    body.done();
    fileSystems.update(id, mode, mibps);
    return fileSystems.settled(id).map(changed -> EfsApi.json(OK, describe(current(id))));
  }

  private ObjectNode describe(FileSystemResource fileSystem) {
    FileSystemFigures figures = fileSystems.figures(fileSystem.id());
    LifeCycleState state = fileSystems.state(fileSystem);
    boolean isFenced = state == LifeCycleState.AVAILABLE && figures != null && !figures.isServed();
    ObjectNode json = JSON.objectNode().put("id", fileSystem.id());
    json.put("state", isFenced ? "fenced" : state.apiName());
    json.put("performanceMode", fileSystem.performanceMode().apiName());
    json.put("throughputMode", fileSystem.throughputMode().apiName());
    if (fileSystem.provisionedMibps() != null) {
      json.put("provisionedThroughputInMibps", fileSystem.provisionedMibps());
    }
    if (figures != null) {
      ArrayNode addresses = json.putArray("addresses");
      figures.mountPoints().forEach(at -> addresses.add(NetUtil.toSocketAddressString(at)));
      json.put("usedBytes", figures.usedBytes());
      json.put("connections", figures.connections());
      json.put("homeLoop", figures.homeLoop());
      json.put("reopenings", figures.reopenings());
    }
    return json;
  }
}
