package io.atoll.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final long SHORT_EXCHANGE_MILLIS = 1000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile List<String> faults = List.of();
  private volatile List<String> missing = List.of();
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        ApiServer.start(
            ANY_PORT,
            registry,
            List.of(
                new HealthRoutes(() -> faults, () -> missing),
                new MetricsRoutes(registry),
                router ->
                    router
                        .get("/defect")
                        .handler(asked -> {
                          throw new IllegalStateException("on purpose");
                        })));
  }

  @AfterEach
  void close() {
    server.close();
    http.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void healthIsOkOrSaysWhatIsWrong() throws Exception {
    assertEquals(200, get("/health/live").statusCode());
    assertEquals("ok\n", get("/health/ready").body());
    missing = List.of("fs-1 is down", "fs-2 is down");
    assertEquals(200, get("/health/live").statusCode());
    HttpResponse<String> unready = get("/health/ready");
    assertEquals(503, unready.statusCode());
    assertEquals("fs-1 is down\nfs-2 is down\n", unready.body());
    faults = List.of("a loop hangs");
    assertEquals(503, get("/health/live").statusCode());
  }

  @Test
  void metricsAreTheRegistrysAsPrometheusReadsThem() throws Exception {
    Counter.builder("atoll.test").register(registry).increment(3);
    HttpResponse<String> scraped = get("/metrics");
    assertEquals(200, scraped.statusCode());
    assertTrue(scraped.headers().firstValue("Content-Type").orElseThrow().startsWith("text/plain"));
    assertTrue(scraped.body().lines().anyMatch("atoll_test_total 3.0"::equals), scraped.body());
  }

  @Test
  void whatAClientChoosesBecomesNoLabel() throws Exception {
    for (String path : List.of("/one", "/two", "/three")) {
      assertEquals(404, get(path).statusCode());
    }
    String metrics = get("/metrics").body();
    assertTrue(metrics.contains("vertx_http_server_requests_total{code=\"404\"} 3.0"), metrics);
  }

  @Test
  void aDefectOfAHandlerIsAnErrorOfThatRequestOnly() throws Exception {
    assertEquals(500, get("/defect").statusCode());
    assertEquals(200, get("/health/live").statusCode());
  }

  @Test
  void anAddressInUseIsRefused() {
    assertThrows(
        ApiAddressException.class, () -> ApiServer.start(server.address(), registry, List.of()));
  }

  @Test
  void connectionsBeyondTheBoundAreClosed() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < ApiServer.MAX_CONNECTIONS; i++) {
        sockets.add(new Socket(server.address().getAddress(), server.address().getPort()));
      }
      Socket beyond = new Socket(server.address().getAddress(), server.address().getPort());
      sockets.add(beyond);
      beyond.setSoTimeout(ApiServer.IDLE_SECONDS * 1000 / 2); // It is not closed for its silence.
      assertEquals(-1, beyond.getInputStream().read());
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertEquals(200, get("/health/live").statusCode());
  }

  private ApiServer withShortExchanges() throws Exception {
    return ApiServer.start(
        ANY_PORT,
        registry,
        List.of(
            new HealthRoutes(() -> faults, () -> missing),
            router ->
                router
                    .post("/body")
                    .handler(BodyHandler.create(false))
                    .handler(asked -> asked.response().end("all of it"))),
        null,
        null,
        SHORT_EXCHANGE_MILLIS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health/live HTTP/1.1\r\nHost: atoll\r\nDrip: ",
        "POST /body HTTP/1.1\r\nHost: atoll\r\nContent-Length: 1000000\r\n\r\n"
      })
  void aRequestThatOnlyDripsIsCutOff(String begin) throws Exception {
    try (ApiServer strict = withShortExchanges();
        Socket socket = new Socket(strict.address().getAddress(), strict.address().getPort())) {
      socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
      long drips = 0;
      while (!isClosed(socket)) {
        // A drip every 20 ms for as long as half the idle time: silence is not what closes it.
        assertTrue(++drips < ApiServer.IDLE_SECONDS * 1000 / 2 / 20, "still open");
      }
    }
  }

  /** Sends one byte more, and waits for an answer for a moment. */
  private static boolean isClosed(Socket socket) throws IOException {
    socket.setSoTimeout(20);
    try {
      socket.getOutputStream().write('x');
      int answer = socket.getInputStream().read();
      assertEquals(-1, answer);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true; // reset, as the byte came after the end
    }
  }

  @Test
  void aConnectionWhoseRequestsComeWholeOutlivesTheBound() throws Exception {
    byte[] request =
        "GET /health/live HTTP/1.1\r\nHost: atoll\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (ApiServer strict = withShortExchanges();
        Socket socket = new Socket(strict.address().getAddress(), strict.address().getPort())) {
      long begin = System.nanoTime();
      long before = begin;
      while (millisSince(begin) < 3 * SHORT_EXCHANGE_MILLIS) {
        long now = System.nanoTime();
        if (!isAnswered(socket, request)) {
          // It may be closed all the same where this machine has stood still for as long.
          assertTrue(millisSince(before) >= SHORT_EXCHANGE_MILLIS, "closed too early");
          return;
        }
        before = now;
        Thread.sleep(20);
      }
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static boolean isAnswered(Socket socket, byte[] request) throws IOException {
    try {
      socket.getOutputStream().write(request);
      byte[] last = new byte[4];
      while (!Arrays.equals(last, "\nok\n".getBytes(StandardCharsets.US_ASCII))) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          return false;
        }
        System.arraycopy(last, 1, last, 0, 3);
        last[3] = (byte) next;
      }
      return true;
    } catch (SocketException e) {
      return false;
    }
  }
}
