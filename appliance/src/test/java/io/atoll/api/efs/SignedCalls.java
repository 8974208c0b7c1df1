package io.atoll.api.efs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** HTTP requests as no SDK would make them, signed by the SDK's signer. */
final class SignedCalls {
  /** The client sets these itself. */
  private static final Set<String> OWN = Set.of("host", "content-length", "connection");

  final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;
  String accessKeyId;
  String secret;
  String region = "us-east-1";
  String service = "elasticfilesystem";
  Clock clock = Clock.systemUTC();

  SignedCalls(ApiFixture api) {
    endpoint = api.endpoint();
    accessKeyId = api.firstKey.id();
    secret = api.firstKey.secret();
  }

  /**
   * A request with a signature in its headers.
   *
   * @param path behind the endpoint, with a query if there is one
   */
  HttpRequest signed(String method, String path, String body) {
    return request(method, path, body, null);
  }

  /** A request with a signature in its query. */
  HttpRequest presigned(String path, Duration validFor) {
    return request("GET", path, "", validFor);
  }

  private HttpRequest request(String method, String path, String body, Duration validFor) {
    SdkHttpRequest plain =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .uri(URI.create(endpoint + path))
            .build();
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(request -> {
              request
                  .identity(AwsCredentialsIdentity.create(accessKeyId, secret))
                  .request(plain)
                  .payload(ContentStreamProvider.fromUtf8String(body))
                  .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                  .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                  .putProperty(HttpSigner.SIGNING_CLOCK, clock);
              if (validFor != null) {
                request
                    .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                    .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, validFor);
              }
            })
            .request();
    HttpRequest.Builder copy =
        HttpRequest.newBuilder(signed.getUri())
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    signed.forEachHeader((name, values) -> {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        List.copyOf(values).forEach(value -> copy.header(name, value));
      }
    });
    return copy.build();
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpResponse<String> call(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(signed(method, path, body));
  }

  /** The error that an answer names. */
  static String error(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-amzn-ErrorType").orElse("none");
  }
}
