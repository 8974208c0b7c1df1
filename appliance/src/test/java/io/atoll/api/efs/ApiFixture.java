package io.atoll.api.efs;

import io.atoll.api.ApiAddressException;
import io.atoll.api.ApiServer;
import io.atoll.api.control.ControlRoutes;
import io.atoll.control.network.Network;
import io.atoll.control.service.AccessKeys;
import io.atoll.control.service.ControlLimits;
import io.atoll.control.service.ControlPlane;
import io.atoll.control.service.FakeHost;
import io.atoll.control.store.RocksDbResourceStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.efs.EfsClient;

/** A control plane on a fake host, served over HTTP, and the AWS SDK's client of it. */
final class ApiFixture implements AutoCloseable {
  static final String TOKEN = "the node's token";
  static final ControlLimits LIMITS =
      new ControlLimits(8, 4, 6, 10, 5, 4, ControlLimits.DEFAULT.throughput());

  final FakeHost host;
  final ControlPlane control;
  final ApiServer server;
  final AccessKeys.Pair firstKey;
  final EfsClient efs;

  ApiFixture(Path directory) throws ApiAddressException {
    this(directory, new FakeHost());
  }

  ApiFixture(Path directory, FakeHost host) throws ApiAddressException {
    this.host = host;
    control =
        new ControlPlane(
            RocksDbResourceStore.open(directory.resolve("control")),
            host,
            new ControlPlane.Settings(
                directory.resolve("control.key"),
                Network.of(
                    "us-east-1",
                    "000000000000",
                    "127.0.0.0/8",
                    "a=127.64.0.0/24,b=127.65.0.0/30,b=127.66.0.0/24"),
                2049,
                LIMITS,
                Clock.systemUTC()));
    firstKey = control.start().toCompletionStage().toCompletableFuture().join();
    server =
        ApiServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of(new ControlRoutes(control, TOKEN, Clock.systemUTC())));
    efs = firstKey == null ? null : client(endpoint(), firstKey.id(), firstKey.secret());
  }

  /** A client of a node of the default region. */
  static EfsClient client(URI endpoint, String id, String secret) {
    return EfsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)))
        .httpClient(new JdkSdkClient())
        .overrideConfiguration(settings -> settings.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.address().getPort());
  }

  @Override
  public void close() {
    if (efs != null) {
      efs.close();
    }
    server.close();
    control.close();
  }
}
