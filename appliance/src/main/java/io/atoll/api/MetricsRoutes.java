package io.atoll.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code /metrics}: all of a registry, in the text format of Prometheus. */
public final class MetricsRoutes implements ApiRoutes {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  public MetricsRoutes(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void addTo(Router router) {
    router.get("/metrics").handler(this::scrape);
  }

  /** On a worker: some hundred lines are put together. */
  private void scrape(RoutingContext asked) {
    asked
        .vertx()
        .executeBlocking(() -> registry.scrape(TEXT))
        .onSuccess(text -> asked.response().putHeader("Content-Type", TEXT).end(text))
        .onFailure(asked::fail);
  }
}
