package io.atoll.api.control;

import io.atoll.api.ApiRoutes;
import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.api.aws.AuthVerdict;
import io.atoll.api.aws.AuthVerdict.Rejected;
import io.atoll.api.aws.Percent;
import io.atoll.api.aws.SignatureVerifier;
import io.atoll.api.efs.EfsApi;
import io.atoll.api.efs.EfsOperation;
import io.atoll.api.local.LocalApi;
import io.atoll.api.query.QueryApi;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.EfsError;
import io.atoll.control.service.Refusal;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EFS's API, the calls of EC2 and STS, and the node's own API. Signatures are checked and answers
 * made on the control thread; the server's loop reads, bounds and writes.
 */
public final class ControlRoutes implements ApiRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ControlRoutes.class);

  /** A policy of 20,000 characters, escaped, fits. */
  static final int BODY_BYTES_MAX = 256 << 10;

  static final int REQUESTS_PER_SECOND = 1_000;
  static final int REQUESTS_BURST = 3_000;

  private static final int TOO_LARGE = 413;
  private static final String BEARER = "Bearer ";

  private final ControlPlane control;
  private final EfsApi efs;
  private final QueryApi query;
  private final LocalApi local;
  private final SignatureVerifier signatures;
  private final byte[] token;
  private final RequestRate rate =
      new RequestRate(REQUESTS_PER_SECOND, REQUESTS_BURST, System::nanoTime);

  /**
   * @param token of the node's own API
   */
  public ControlRoutes(ControlPlane control, String token, Clock clock) {
    this.control = control;
    this.token = token.getBytes(StandardCharsets.UTF_8);
    efs = new EfsApi(control, clock);
    query = new QueryApi(control);
    local = new LocalApi(control);
    signatures = new SignatureVerifier(control.network().region(), clock);
  }

  @Override
  public void addTo(Router router) {
    BodyHandler bodies = BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX);
    router
        .route(EfsOperation.VERSION_PREFIX + "/*")
        .handler(bodies)
        .handler(asked -> answer(asked, this::efs))
        .failureHandler(ControlRoutes::refuseEarly);
    router
        .route(LocalApi.PREFIX + "/*")
        .handler(bodies)
        .handler(asked -> answer(asked, this::local))
        .failureHandler(ControlRoutes::refuseEarly);
    router
        .route(HttpMethod.POST, "/")
        .handler(bodies)
        .handler(asked -> answer(asked, this::query))
        .failureHandler(ControlRoutes::refuseEarly);
  }

  /** Answers a request, on the control thread. */
  @FunctionalInterface
  private interface Answer {
    Future<ApiResponse> to(ApiRequest request, String requestId);
  }

  private void answer(RoutingContext asked, Answer answer) {
    String requestId = UUID.randomUUID().toString();
    ApiRequest request;
    try {
      request = request(asked);
    } catch (Percent.Malformed malformed) {
      send(asked, EfsApi.error(Refusal.badRequest(malformed.getMessage())), requestId);
      return;
    }
    if (!rate.take()) {
      send(
          asked,
          EfsApi.error(
              new Refusal(
                  EfsError.THROTTLING,
                  "more than " + REQUESTS_PER_SECOND + " requests a second: try again later")),
          requestId);
      return;
    }
    Context here = asked.vertx().getOrCreateContext();
    Callable<Future<ApiResponse>> onControlThread = () -> answer.to(request, requestId);
    control
        .call(onControlThread)
        .compose(answered -> answered)
        .onComplete(result ->
            here.runOnContext(nothing -> send(asked, response(request, result), requestId)));
  }

  private static ApiRequest request(RoutingContext asked) {
    Map<String, List<String>> headers = new HashMap<>();
    asked
        .request()
        .headers()
        .names()
        .forEach(name -> headers.put(name, asked.request().headers().getAll(name)));
    HostAndPort authority = asked.request().authority();
    if (!asked.request().headers().contains(HttpHeaders.HOST) && authority != null) {
      headers.put("Host", List.of(authority.toString())); // HTTP/2 has it elsewhere
    }
    Buffer body = asked.body().buffer();
    return ApiRequest.of(
        asked.request().method().name(),
        asked.request().uri(),
        headers,
        body == null ? new byte[0] : body.getBytes());
  }

  private Future<ApiResponse> efs(ApiRequest request, String requestId) {
    AuthVerdict verdict =
        signatures.verify(request, EfsApi.SIGNING_NAME, control.accessKeys()::secret);
    if (verdict instanceof Rejected rejected) {
      return Future.succeededFuture(
          EfsApi.error(Rejected.STATUS, rejected.error(), rejected.message()));
    }
    return efs.handle(request, request.rawPath().substring(EfsOperation.VERSION_PREFIX.length()));
  }

  private Future<ApiResponse> query(ApiRequest request, String requestId) {
    String service = QueryApi.service(request);
    AuthVerdict verdict = signatures.verify(request, service, control.accessKeys()::secret);
    return Future.succeededFuture(
        verdict instanceof Rejected rejected
            ? QueryApi.error(
                service, Rejected.STATUS, rejected.error(), rejected.message(), requestId)
            : query.handle(request, requestId));
  }

  private Future<ApiResponse> local(ApiRequest request, String requestId) {
    String authorization = request.header("Authorization");
    boolean known =
        authorization != null
            && authorization.startsWith(BEARER)
            && MessageDigest.isEqual(
                token, authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8));
    if (!known) {
      return Future.failedFuture(
          new Refusal(
              EfsError.ACCESS_DENIED,
              "the node's own API wants the token of control.json in its data directory"));
    }
    return local.handle(request, request.rawPath().substring(LocalApi.PREFIX.length()));
  }

  private static ApiResponse response(ApiRequest request, AsyncResult<ApiResponse> result) {
    if (result.succeeded()) {
      return result.result();
    }
    if (result.cause() instanceof Refusal refusal) {
      return EfsApi.error(refusal);
    }
    if (result.cause() instanceof Percent.Malformed malformed) {
      return EfsApi.error(Refusal.badRequest(malformed.getMessage()));
    }
    LOG.error("{} failed", request, result.cause());
    return EfsApi.error(
        new Refusal(EfsError.INTERNAL_SERVER_ERROR, "the node failed; its log says what happened"));
  }

  /** What the server refused before it was read. */
  private static void refuseEarly(RoutingContext asked) {
    EfsError error =
        asked.statusCode() == TOO_LARGE ? EfsError.REQUEST_TOO_LARGE : EfsError.BAD_REQUEST;
    if (asked.failure() != null && asked.statusCode() != TOO_LARGE) {
      LOG.error("{} failed", asked.request().path(), asked.failure());
      error = EfsError.INTERNAL_SERVER_ERROR;
    }
    String message =
        error == EfsError.REQUEST_TOO_LARGE
            ? "the body has more than " + BODY_BYTES_MAX + " bytes"
            : "the request can't be read";
    send(asked, EfsApi.error(new Refusal(error, message)), UUID.randomUUID().toString());
  }

  private static void send(RoutingContext asked, ApiResponse answer, String requestId) {
    HttpServerResponse response = asked.response();
    if (response.ended() || response.closed()) {
      return; // who asked has gone
    }
    response
        .setStatusCode(answer.status())
        .putHeader("x-amzn-RequestId", requestId)
        .putHeader("Cache-Control", "no-store");
    if (answer.errorType() != null) {
      response.putHeader("x-amzn-ErrorType", answer.errorType());
    }
    if (answer.contentType() == null) {
      response.end();
    } else {
      response.putHeader("Content-Type", answer.contentType()).end(Buffer.buffer(answer.body()));
    }
  }
}
