package io.atoll.api.efs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * The AWS SDK over the JDK's HTTP client. The SDK's own over URLConnection makes a POST of a GET
 * that has a body, as DescribeAccountPreferences has.
 */
final class JdkSdkClient implements SdkHttpClient {
  /** The JDK's client sets these itself. */
  private static final Set<String> OWN = Set.of("host", "content-length", "connection", "expect");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest wanted) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return execute(wanted);
      }

      @Override
      public void abort() {}
    };
  }

  private HttpExecuteResponse execute(HttpExecuteRequest wanted) throws IOException {
    SdkHttpRequest request = wanted.httpRequest();
    byte[] body = body(wanted.contentStreamProvider().orElse(null));
    HttpRequest.Builder copy =
        HttpRequest.newBuilder(request.getUri())
            .method(
                request.method().name(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    request.forEachHeader((name, values) -> {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        values.forEach(value -> copy.header(name, value));
      }
    });
    try {
      return answer(http.send(copy.build(), HttpResponse.BodyHandlers.ofByteArray()));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static byte[] body(ContentStreamProvider content) throws IOException {
    if (content == null) {
      return new byte[0];
    }
    try (InputStream stream = content.newStream()) {
      return stream.readAllBytes();
    }
  }

  private static HttpExecuteResponse answer(HttpResponse<byte[]> answer) {
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpFullResponse.builder()
                .statusCode(answer.statusCode())
                .headers(answer.headers().map())
                .build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body())))
        .build();
  }

  @Override
  public void close() {
    http.close();
  }
}
