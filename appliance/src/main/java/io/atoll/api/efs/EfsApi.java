package io.atoll.api.efs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.aws.Percent;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.EfsError;
import io.atoll.control.service.Refusal;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** Answers EFS's operations, for callers who are known by then. Used on the control thread. */
public final class EfsApi {
  public static final String SIGNING_NAME = "elasticfilesystem";

  private static final String JSON_TYPE = "application/json";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final ControlPlane control;
  private final Map<EfsOperation, Handler> handlers = new EnumMap<>(EfsOperation.class);

  public EfsApi(ControlPlane control, Clock clock) {
    this.control = control;
    Descriptions descriptions = new Descriptions(control, clock);
    new FileSystemHandlers(control.fileSystems(), descriptions).addTo(handlers);
    new MountTargetHandlers(control.mountTargets(), control.accessPoints(), descriptions)
        .addTo(handlers);
    new AccessPointHandlers(control.accessPoints(), descriptions).addTo(handlers);
    new PolicyHandlers(control.policies()).addTo(handlers);
    new TagHandlers(control.tags()).addTo(handlers);
    new ReplicationHandlers(control.replications(), control.fileSystems(), descriptions)
        .addTo(handlers);
  }

  /**
   * Does what {@code request} asks for.
   *
   * @param rawPath behind the version, percent-encoded
   * @return fails with a {@link Refusal}, or with a defect
   */
  public Future<ApiResponse> handle(ApiRequest request, String rawPath) {
    try {
      OperationMatch match = OperationMatch.of(request.method(), rawPath);
      if (match == null) {
        throw new Refusal(
            EfsError.UNKNOWN_OPERATION,
            "there is no operation " + request.method() + " " + TextRule.shown(rawPath));
      }
      Input input =
          new Input(match.path(), request.query(), Fields.of(body(request)), control.network());
      int status = match.operation().status();
      return handlers
          .get(match.operation())
          .handle(input)
          .map(json -> json == null ? ApiResponse.empty(status) : json(status, json));
    } catch (Refusal refusal) {
      return Future.failedFuture(refusal);
    } catch (Percent.Malformed malformed) {
      return Future.failedFuture(Refusal.badRequest(malformed.getMessage()));
    }
  }

  /** The JSON object of a request, an empty one if there is no body. */
  public static ObjectNode body(ApiRequest request) throws Refusal {
    if (request.body().length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    JsonNode body;
    try {
      body = JSON.readTree(request.body());
    } catch (JsonProcessingException e) {
      throw Refusal.badRequest("the body is no JSON: " + TextRule.shown(e.getOriginalMessage()));
    } catch (IOException e) {
      throw Refusal.badRequest("the body is no JSON: " + e.getMessage());
    }
    if (!(body instanceof ObjectNode object)) {
      throw Refusal.badRequest("the body is no JSON object");
    }
    return object;
  }

  /** An answer in JSON. */
  public static ApiResponse json(int status, JsonNode body) {
    return new ApiResponse(status, JSON_TYPE, null, bytes(body));
  }

  /** An error, as EFS tells it. */
  public static ApiResponse error(int status, String type, String message) {
    return error(status, type, message, null, null);
  }

  /** A refusal, as EFS tells it. */
  public static ApiResponse error(Refusal refusal) {
    EfsError error = refusal.error();
    String idName =
        error == EfsError.ACCESS_POINT_ALREADY_EXISTS ? "AccessPointId" : "FileSystemId";
    return error(
        error.status(), error.apiName(), refusal.getMessage(), idName, refusal.existingId());
  }

  private static ApiResponse error(
      int status, String type, String message, String idName, String id) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("ErrorCode", type);
    body.put("Message", message);
    if (id != null) {
      body.put(idName, id);
    }
    return new ApiResponse(status, JSON_TYPE, type, bytes(body));
  }

  private static byte[] bytes(JsonNode body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that is no JSON", e);
    }
  }
}
