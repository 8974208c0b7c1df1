package io.atoll.api;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /health/live}, whether the process is worth keeping, and {@code /health/ready}, whether
 * all that it is to serve is served. 200 and {@code ok}, or 503 and what is wrong, a line each.
 */
public final class HealthRoutes implements ApiRoutes {
  private static final int OK = 200;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final Supplier<List<String>> faults;
  private final Supplier<List<String>> missing;

  /**
   * Both are asked on the server's loop, and must not block.
   *
   * @param faults why the process should be started anew; empty if it need not be
   * @param missing what is not served, and why; empty if all is
   */
  public HealthRoutes(Supplier<List<String>> faults, Supplier<List<String>> missing) {
    this.faults = faults;
    this.missing = missing;
  }

  @Override
  public void addTo(Router router) {
    router.get("/health/live").handler(asked -> answer(asked, faults.get()));
    router.get("/health/ready").handler(asked -> answer(asked, missing.get()));
  }

  private static void answer(RoutingContext asked, List<String> reasons) {
    asked
        .response()
        .setStatusCode(reasons.isEmpty() ? OK : SERVICE_UNAVAILABLE)
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .end(reasons.isEmpty() ? "ok\n" : String.join("\n", reasons) + "\n");
  }
}
