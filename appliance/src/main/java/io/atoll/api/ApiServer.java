package io.atoll.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.transport.Transport;
import io.vertx.ext.web.Router;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server for a few clients: operators, Prometheus, the tools of the control plane. It runs
 * on one event loop and two workers of its own, on NIO, whatever drives the data. Started and
 * closed from a thread that may block.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  /** Further connections are closed at once. */
  static final int MAX_CONNECTIONS = 256;

  private static final int EVENT_LOOPS = 1;
  private static final int WORKERS = 2;
  private static final int MAX_REQUEST_LINE_BYTES = 8 << 10;
  private static final int MAX_HEADER_BYTES = 16 << 10;
  static final int IDLE_SECONDS = 60;

  /** How long a request and its answer may take, the wait for the request included. */
  static final int EXCHANGE_SECONDS = 2 * IDLE_SECONDS;

  private static final int CLOSE_SECONDS = 10;

  private final Vertx vertx;
  private final AtomicInteger connections = new AtomicInteger();
  private final ExchangeDeadlines deadlines;
  private InetSocketAddress address;

  private ApiServer(Vertx vertx, long exchangeMillis) {
    this.vertx = vertx;
    deadlines = new ExchangeDeadlines(vertx, exchangeMillis);
  }

  /**
   * Starts a server, and returns when it listens.
   *
   * @param wanted where; with port 0, {@link #address} tells which it got
   * @param registry of the node's metrics; those of this server's requests are added
   * @param routes what it answers, asked in this order
   * @throws ApiAddressException if the address can't be listened on; all is closed again
   */
  public static ApiServer start(
      InetSocketAddress wanted, PrometheusMeterRegistry registry, List<ApiRoutes> routes)
      throws ApiAddressException {
    return start(wanted, registry, routes, null, null);
  }

  /**
   * As {@link #start(InetSocketAddress, PrometheusMeterRegistry, List)}, over TLS.
   *
   * @param certificate a PEM file; null for no TLS
   * @param privateKey of the certificate, a PEM file; null with it
   * @throws ApiAddressException also if these can't be used
   */
  public static ApiServer start(
      InetSocketAddress wanted,
      PrometheusMeterRegistry registry,
      List<ApiRoutes> routes,
      Path certificate,
      Path privateKey)
      throws ApiAddressException {
    return start(
        wanted,
        registry,
        routes,
        certificate,
        privateKey,
        TimeUnit.SECONDS.toMillis(EXCHANGE_SECONDS));
  }

  /** With another bound than {@link #EXCHANGE_SECONDS}. */
  static ApiServer start(
      InetSocketAddress wanted,
      PrometheusMeterRegistry registry,
      List<ApiRoutes> routes,
      Path certificate,
      Path privateKey,
      long exchangeMillis)
      throws ApiAddressException {
    ApiServer server = new ApiServer(vertx(registry), exchangeMillis);
    try {
      server.listen(wanted, routes, certificate, privateKey);
      return server;
    } catch (CompletionException e) {
      server.close();
      throw new ApiAddressException(e.getCause());
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Vertx vertx(PrometheusMeterRegistry registry) {
    // A method or a path is the client's to choose: neither may become a label.
    MicrometerMetricsOptions metrics =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setLabels(EnumSet.of(Label.HTTP_CODE))
            .setDisabledMetricsCategories(
                Set.of(
                    MetricsDomain.NET_SERVER.toCategory(),
                    MetricsDomain.NET_CLIENT.toCategory(),
                    MetricsDomain.HTTP_CLIENT.toCategory(),
                    MetricsDomain.DATAGRAM_SOCKET.toCategory(),
                    MetricsDomain.EVENT_BUS.toCategory(),
                    MetricsDomain.NAMED_POOLS.toCategory(),
                    MetricsDomain.VERTICLES.toCategory()));
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(WORKERS)
                .setMetricsOptions(metrics)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)))
        .withMetrics(new MicrometerMetricsFactory(registry))
        .withTransport(Transport.NIO)
        .build();
  }

  private static HttpServerOptions options(Path certificate, Path privateKey) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            // Else a connection that says nothing is not counted: it may still become one of
            // HTTP/2.
            .setHttp2ClearTextEnabled(false)
            .setCompressionSupported(true);
    if (certificate != null) {
      options
          .setSsl(true)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .addCertPath(certificate.toString())
                  .addKeyPath(privateKey.toString()));
    }
    return options;
  }

  private void listen(
      InetSocketAddress wanted, List<ApiRoutes> routes, Path certificate, Path privateKey) {
    Router router = Router.router(vertx);
    router.errorHandler(
        500, failed -> LOG.error("{} failed", failed.request().path(), failed.failure()));
    router.route().handler(deadlines::handle);
    routes.forEach(each -> each.addTo(router));
    HttpServer http =
        vertx
            .createHttpServer(options(certificate, privateKey))
            .connectionHandler(this::connected)
            .requestHandler(router);
    int port =
        http.listen(wanted.getPort(), wanted.getAddress().getHostAddress())
            .toCompletionStage()
            .toCompletableFuture()
            .join()
            .actualPort();
    address = new InetSocketAddress(wanted.getAddress(), port);
  }

  private void connected(HttpConnection connection) {
    connection.closeHandler(closed -> {
      connections.decrementAndGet();
      deadlines.closed(connection);
    });
    deadlines.opened(connection);
    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
      connection.close();
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      String how = e.getCause() instanceof TimeoutException ? "in " + CLOSE_SECONDS + " s" : "";
      LOG.warn("the HTTP server did not close {}", how, e.getCause());
    }
  }
}
