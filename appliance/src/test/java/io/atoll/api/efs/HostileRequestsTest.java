package io.atoll.api.efs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.atoll.api.ApiAddressException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no tool sends: each gets an error of the API's own, and nothing changes. */
class HostileRequestsTest {
  private static final String FILE_SYSTEMS = "/2015-02-01/file-systems";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private ApiFixture api;
  private SignedCalls calls;

  @BeforeEach
  void start() throws ApiAddressException {
    api = new ApiFixture(directory);
    calls = new SignedCalls(api);
  }

  @AfterEach
  void stop() {
    calls.http.close();
    api.close();
  }

  private void assertError(int status, String error, HttpResponse<String> answer)
      throws IOException {
    assertEquals(error, SignedCalls.error(answer), answer.body());
    assertEquals(status, answer.statusCode());
    assertEquals(error, JSON.readTree(answer.body()).get("ErrorCode").asText());
    assertTrue(api.efs.describeFileSystems().fileSystems().isEmpty());
  }

  @Test
  void malformedBodiesAreBadRequests() throws Exception {
    for (String body :
        List.of(
            "{",
            "}",
            "[]",
            "1",
            "\"text\"",
            "{\"CreationToken\":\"t\"} more",
            "\0",
            "{\"CreationToken\":\"a\",\"CreationToken\":\"b\"}",
            "[".repeat(2_000),
            "{\"CreationToken\":\"t\",}",
            "{'CreationToken':'t'}")) {
      assertError(400, "BadRequest", calls.call("POST", FILE_SYSTEMS, body));
    }
  }

  @Test
  void wrongTypesAndUnknownFieldsAreBadRequests() throws Exception {
    for (String body :
        List.of(
            "{}",
            "{\"CreationToken\":null}",
            "{\"CreationToken\":1}",
            "{\"CreationToken\":[\"t\"]}",
            "{\"CreationToken\":\"\"}",
            "{\"CreationToken\":\"t\",\"Encrypted\":\"yes\"}",
            "{\"CreationToken\":\"t\",\"Backup\":1}",
            "{\"CreationToken\":\"t\",\"ProvisionedThroughputInMibps\":\"5\"}",
            "{\"CreationToken\":\"t\",\"ThroughputMode\":\"provisioned\","
                + "\"ProvisionedThroughputInMibps\":1e400}",
            "{\"CreationToken\":\"t\",\"Tags\":{}}",
            "{\"CreationToken\":\"t\",\"Tags\":[1]}",
            "{\"CreationToken\":\"t\",\"Tags\":[{\"Key\":\"k\"}]}",
            "{\"CreationToken\":\"t\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\",\"More\":1}]}",
            "{\"CreationToken\":\"t\",\"KmsKeyId\":\"key\"}",
            "{\"CreationToken\":\"t\",\"Unknown\":1}")) {
      assertError(400, "BadRequest", calls.call("POST", FILE_SYSTEMS, body));
    }
    for (String query :
        List.of(
            "MaxItems=0",
            "MaxItems=-1",
            "MaxItems=x",
            "MaxItems=99999999999",
            "MaxItems=1&MaxItems=2",
            "Unknown=1",
            "Marker=",
            "FileSystemId=")) {
      assertError(400, "BadRequest", calls.call("GET", FILE_SYSTEMS + "?" + query, ""));
    }
  }

  /** Each operation refuses a field that it does not have, in body or query. */
  @Test
  void everyOperationRefusesUnknownFields() throws Exception {
    for (EfsOperation operation : EfsOperation.values()) {
      String path =
          EfsOperation.VERSION_PREFIX
              + operation
                  .template()
                  .replace("{MountTargetId}", "fsmt-00000000000000000")
                  .replace("{AccessPointId}", "fsap-00000000000000000")
                  .replaceAll("\\{\\w+}", "fs-00000000000000000");
      assertError(400, "BadRequest", calls.call(operation.method(), path + "?Unknown=1", ""));
      assertError(400, "BadRequest", calls.call(operation.method(), path, "{\"Unknown\":1}"));
    }
  }

  @Test
  void hugeBodiesAreCutOff() throws Exception {
    HttpResponse<String> answer =
        calls.call("POST", FILE_SYSTEMS, "{\"CreationToken\":\"" + "x".repeat(300_000) + "\"}");

    assertError(413, "RequestEntityTooLargeException", answer);
  }

  @Test
  void unknownPathsAndMethodsAreUnknownOperations() throws Exception {
    for (String path :
        List.of(
            FILE_SYSTEMS + "/fs-00000000000000000/more",
            "/2015-02-01/",
            "/2015-02-01/nothing",
            "/2015-02-01/file-systems/a/b/c/d/e")) {
      assertError(404, "UnknownOperationException", calls.call("GET", path, ""));
    }
    assertError(404, "UnknownOperationException", calls.call("PUT", FILE_SYSTEMS, "{}"));
  }

  @Test
  void wrongSignaturesAreRefused() throws Exception {
    HttpRequest unsigned =
        HttpRequest.newBuilder(URI.create(api.endpoint() + FILE_SYSTEMS)).build();
    assertError(403, "MissingAuthenticationToken", calls.send(unsigned));

    HttpRequest signed = calls.signed("GET", FILE_SYSTEMS, "");
    assertEquals(200, calls.send(signed).statusCode());
    HttpRequest otherQuery =
        HttpRequest.newBuilder(signed, (name, value) -> true)
            .uri(URI.create(api.endpoint() + FILE_SYSTEMS + "?MaxItems=1"))
            .build();
    assertError(403, "SignatureDoesNotMatch", calls.send(otherQuery));
    HttpRequest otherMethod =
        HttpRequest.newBuilder(signed, (name, value) -> true).DELETE().build();
    assertError(403, "SignatureDoesNotMatch", calls.send(otherMethod));
    HttpRequest otherBody =
        HttpRequest.newBuilder(
                calls.signed("POST", FILE_SYSTEMS, "{\"CreationToken\":\"a\"}"),
                (name, value) -> true)
            .POST(HttpRequest.BodyPublishers.ofString("{\"CreationToken\":\"b\"}"))
            .build();
    assertError(403, "XAmzContentSHA256Mismatch", calls.send(otherBody));
    HttpRequest halfSigned =
        HttpRequest.newBuilder(signed, (name, value) -> true)
            .header("X-Amz-Security-Token", "t")
            .build();
    assertError(403, "SignatureDoesNotMatch", calls.send(halfSigned));
    HttpRequest incomplete =
        HttpRequest.newBuilder(signed, (name, value) -> true)
            .setHeader("Authorization", "AWS4-HMAC-SHA256 Credential=x")
            .build();
    assertError(403, "IncompleteSignature", calls.send(incomplete));
    HttpRequest basic =
        HttpRequest.newBuilder(signed, (name, value) -> true)
            .setHeader("Authorization", "Basic eDp5")
            .build();
    assertError(403, "IncompleteSignature", calls.send(basic));
  }

  @Test
  void wrongKeysScopesAndTimesAreRefused() throws Exception {
    String secret = calls.secret;
    calls.secret = "x" + secret.substring(1);
    assertError(403, "SignatureDoesNotMatch", calls.call("GET", FILE_SYSTEMS, ""));
    calls.secret = secret;
    String id = calls.accessKeyId;
    calls.accessKeyId = "AKIAAAAAAAAAAAAAAAAA";
    assertError(403, "InvalidClientTokenId", calls.call("GET", FILE_SYSTEMS, ""));
    calls.accessKeyId = id;
    calls.region = "eu-west-1";
    assertError(403, "SignatureDoesNotMatch", calls.call("GET", FILE_SYSTEMS, ""));
    calls.region = "us-east-1";
    calls.service = "s3";
    assertError(403, "SignatureDoesNotMatch", calls.call("GET", FILE_SYSTEMS, ""));
    calls.service = "elasticfilesystem";
    for (int minutes : List.of(-16, 16)) {
      calls.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));
      assertError(403, "SignatureDoesNotMatch", calls.call("GET", FILE_SYSTEMS, ""));
    }
    for (int minutes : List.of(-14, 14)) {
      calls.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));
      assertEquals(200, calls.call("GET", FILE_SYSTEMS, "").statusCode());
    }
  }

  @Test
  void presignedRequestsAreGoodForTheirTime() throws Exception {
    assertEquals(
        200, calls.send(calls.presigned(FILE_SYSTEMS, Duration.ofMinutes(5))).statusCode());
    assertEquals(
        200,
        calls
            .send(calls.presigned(FILE_SYSTEMS + "?MaxItems=5", Duration.ofHours(1)))
            .statusCode());
    calls.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-10));
    assertError(
        403,
        "SignatureDoesNotMatch",
        calls.send(calls.presigned(FILE_SYSTEMS, Duration.ofMinutes(5))));
  }

  @Test
  void aRevokedKeySignsNothingMore() throws Exception {
    assertEquals(200, calls.call("GET", FILE_SYSTEMS, "").statusCode());
    api.control
        .call(() -> {
          api.control.accessKeys().revoke(api.firstKey.id());
          return null;
        })
        .toCompletionStage()
        .toCompletableFuture()
        .join();

    assertEquals("InvalidClientTokenId", SignedCalls.error(calls.call("GET", FILE_SYSTEMS, "")));
  }

  @Test
  void theNodesOwnApiWantsItsToken() throws Exception {
    for (String path :
        List.of(
            "/atoll/v1/access-keys",
            "/atoll/v1/security-groups",
            "/atoll/v1/denials",
            "/atoll/v1/network",
            "/atoll/v1/mount-targets")) {
      URI uri = URI.create(api.endpoint() + path);
      for (String authorization : List.of("Bearer wrong", "Basic x", "Bearer ")) {
        HttpRequest wrong =
            HttpRequest.newBuilder(uri).header("Authorization", authorization).build();
        assertError(403, "AccessDeniedException", calls.send(wrong));
      }
      assertError(403, "AccessDeniedException", calls.send(HttpRequest.newBuilder(uri).build()));
    }
    HttpRequest right =
        HttpRequest.newBuilder(URI.create(api.endpoint() + "/atoll/v1/network"))
            .header("Authorization", "Bearer " + ApiFixture.TOKEN)
            .build();
    assertEquals(200, calls.send(right).statusCode());
  }

  @Test
  void aThousandCreationsWithOneTokenMakeOneFileSystem() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(
          calls.http.sendAsync(
              calls.signed("POST", FILE_SYSTEMS, "{\"CreationToken\":\"the one\"}"),
              HttpResponse.BodyHandlers.ofString()));
      if (answers.size() % 100 == 0) {
        answers.forEach(CompletableFuture::join); // the client opens a connection for each
      }
    }
    Map<Integer, Integer> statuses = new TreeMap<>();
    answers.forEach(answer -> statuses.merge(answer.join().statusCode(), 1, Integer::sum));

    assertEquals(Map.of(201, 1, 409, 999), statuses);
    assertEquals(1, api.efs.describeFileSystems().fileSystems().size());
    assertEquals(1, api.host.made.size());
  }
}
