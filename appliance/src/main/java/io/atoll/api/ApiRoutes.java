package io.atoll.api;

import io.vertx.ext.web.Router;

/** Some of what the {@link ApiServer} answers. */
@FunctionalInterface
public interface ApiRoutes {

  /** Adds routes; called once, before the server listens. Their handlers must not block. */
  void addTo(Router router);
}
