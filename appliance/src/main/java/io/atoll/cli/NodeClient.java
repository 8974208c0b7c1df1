package io.atoll.cli;

import io.atoll.ControlFile;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** Asks the node that runs in a data directory. */
final class NodeClient {
  private static final int REFUSED_FROM = 400;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Making or deleting a file system on a slow disk takes its time. */
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final Path directory;
  private final ControlFile control;

  NodeClient(Path directory) {
    this.directory = directory;
    control = ControlFile.readFrom(directory);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param body null for none
   * @return null if the answer has no body
   * @throws NodeFailure if the node refuses, or can't be reached
   */
  JsonObject ask(String method, String path, JsonObject body) throws NodeFailure {
    HttpRequest request =
        HttpRequest.newBuilder(control.url().resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + control.token())
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
            .build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .sslContext(PinnedCertificate.context(control.certificate()))
            .build()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonObject json = answer.body().isBlank() ? null : new JsonObject(answer.body());
      if (answer.statusCode() >= REFUSED_FROM) {
        throw new NodeFailure(
            json == null
                ? "the node answers " + answer.statusCode()
                : json.getString("Message", json.getString("message")));
      }
      return json;
    } catch (ConnectException e) {
      throw new NodeFailure(
          "no node listens at "
              + control.url()
              + ", though the one that served "
              + directory
              + " did: start it again with 'atoll serve'");
    } catch (DecodeException e) {
      throw new NodeFailure(
          "what listens at " + control.url() + " is not the node that served " + directory);
    } catch (IOException e) {
      throw new NodeFailure("the node at " + control.url() + " does not answer: " + e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the main thread", e);
    }
  }

  /** What keeps the node from doing what it was asked for, in one line. */
  static final class NodeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    NodeFailure(String message) {
      super(message, null, false, false);
    }
  }
}
