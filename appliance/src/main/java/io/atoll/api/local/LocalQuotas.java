package io.atoll.api.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.efs.EfsApi;
import io.atoll.api.efs.Fields;
import io.atoll.control.service.Quotas;
import io.atoll.control.service.Refusal;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.vertx.core.Future;

/**
 * {@code /atoll/v1/quotas}, for {@code atoll quota}: what is asked for is durable when the answer
 * comes. Used on the control thread.
 */
final class LocalQuotas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final String LIMIT_BYTES = "LimitBytes";
  private static final String LIMIT_OBJECTS = "LimitObjects";

  private final Quotas quotas;

  LocalQuotas(Quotas quotas) {
    this.quotas = quotas;
  }

  /**
   * @param target null for all of a file system
   * @return null if there is no such request
   */
  Future<ApiResponse> handle(ApiRequest request, String target) throws Refusal {
    if (target == null) {
      return request.method().equals("GET") ? list(request) : null;
    }
    return switch (request.method()) {
      case "GET" -> quotas.get(target).map(quota -> EfsApi.json(OK, describe(quota)));
      case "PUT" -> set(request, target);
      case "DELETE" -> quotas.remove(target).map(nothing -> ApiResponse.empty(NO_CONTENT));
      default -> null;
    };
  }

  private Future<ApiResponse> list(ApiRequest request) throws Refusal {
    String fileSystem = request.parameter("file-system");
    if (fileSystem == null) {
      throw Refusal.badRequest("file-system is missing: say whose quotas are meant");
    }
    return quotas
        .of(fileSystem)
        .map(all -> {
          ObjectNode json = JSON.objectNode();
          ArrayNode list = json.putArray("Quotas");
          all.forEach(quota -> list.add(describe(quota)));
          return EfsApi.json(OK, json);
        });
  }

  private Future<ApiResponse> set(ApiRequest request, String target) throws Refusal {
    Fields body = Fields.of(EfsApi.body(request));
    Long bytes = body.integer(LIMIT_BYTES, 0, QuotaLimits.NONE - 1);
    Long objects = body.integer(LIMIT_OBJECTS, 0, QuotaLimits.NONE - 1);
    body.done();
    if (bytes == null && objects == null) {
      throw Refusal.badRequest(LIMIT_BYTES + " and " + LIMIT_OBJECTS + " are missing: give one");
    }
    QuotaLimits limits =
        new QuotaLimits(
            bytes == null ? QuotaLimits.NONE : bytes, objects == null ? QuotaLimits.NONE : objects);
    return quotas.set(target, limits).map(quota -> EfsApi.json(OK, describe(quota)));
  }

  private static ObjectNode describe(Quotas.Told told) {
    Quota quota = told.quota().quota();
    ObjectNode json =
        JSON.objectNode()
            .put("FileSystemId", told.fileSystemId())
            .put("Path", told.quota().path())
            .put("State", quota.state() == Quota.State.COUNTING ? "counting" : "in force");
    if (quota.limits().bytes() != QuotaLimits.NONE) {
      json.put(LIMIT_BYTES, quota.limits().bytes());
    }
    if (quota.limits().objects() != QuotaLimits.NONE) {
      json.put(LIMIT_OBJECTS, quota.limits().objects());
    }
    return json.put("UsedBytes", quota.usedBytes()).put("UsedObjects", quota.usedObjects());
  }
}
