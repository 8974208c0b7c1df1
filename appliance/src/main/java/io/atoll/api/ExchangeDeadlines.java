package io.atoll.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections on which no exchange has come to its end for too long: whose client sends its
 * request byte by byte, or takes the answer so. Such a one is never idle. Confined to the server's
 * event loop.
 */
final class ExchangeDeadlines {
  private final Vertx vertx;
  private final long exchangeMillis;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  /**
   * @param exchangeMillis from the end of an exchange, or the begin of the connection, to the end
   *     of the next: its wait for a request included
   */
  ExchangeDeadlines(Vertx vertx, long exchangeMillis) {
    this.vertx = vertx;
    this.exchangeMillis = exchangeMillis;
  }

  /** Counts from now on; to be followed by {@link #closed}. */
  void opened(HttpConnection connection) {
    timers.put(connection, vertx.setTimer(exchangeMillis, late -> connection.close()));
  }

  void closed(HttpConnection connection) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  /** The first of all handlers: when the answer has been given, the next exchange has its time. */
  void handle(RoutingContext asked) {
    HttpConnection connection = asked.request().connection();
    asked.addEndHandler(ended -> {
      Long timer = timers.get(connection);
      if (timer != null && ended.succeeded()) {
        vertx.cancelTimer(timer);
        opened(connection);
      }
    });
    asked.next();
  }
}
