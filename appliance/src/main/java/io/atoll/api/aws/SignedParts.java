package io.atoll.api.aws;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a request says of its signature.
 *
 * @param date of the credential's scope
 * @param signedHeaders in lower case
 * @param expires of a presigned request, else null
 * @param problem why nothing can be made of it; all else is null then
 */
record SignedParts(
    String accessKeyId,
    String date,
    String region,
    String service,
    Set<String> signedHeaders,
    String signature,
    Instant time,
    Duration expires,
    String problem) {

  static final String ALGORITHM = "AWS4-HMAC-SHA256";

  private static final String SCOPE_END = "aws4_request";
  private static final int SCOPE_PARTS = 5;
  private static final int SIGNED_HEADERS_MAX = 64;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

  /** What {@code request} says, or null if it says nothing at all. */
  static SignedParts of(ApiRequest request) {
    String authorization = request.header("Authorization");
    if (authorization != null) {
      return ofHeader(request, authorization);
    }
    return request.parameter("X-Amz-Signature") == null ? null : ofQuery(request);
  }

  private static SignedParts ofHeader(ApiRequest request, String authorization) {
    if (!authorization.startsWith(ALGORITHM + " ")) {
      return problem("the Authorization is not of " + ALGORITHM);
    }
    Map<String, String> parts = new HashMap<>();
    for (String part : authorization.substring(ALGORITHM.length()).split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    return of(
        parts.get("Credential"),
        parts.get("SignedHeaders"),
        parts.get("Signature"),
        request.header(SignatureVerifier.dateName()),
        null);
  }

  private static SignedParts ofQuery(ApiRequest request) {
    if (!ALGORITHM.equals(request.parameter("X-Amz-Algorithm"))) {
      return problem("X-Amz-Algorithm must be " + ALGORITHM);
    }
    String expires = request.parameter("X-Amz-Expires");
    if (expires == null || !expires.matches("[0-9]{1,9}")) {
      return problem("X-Amz-Expires must be a number of seconds");
    }
    return of(
        request.parameter("X-Amz-Credential"),
        request.parameter("X-Amz-SignedHeaders"),
        request.parameter("X-Amz-Signature"),
        request.parameter(SignatureVerifier.dateName()),
        Duration.ofSeconds(Long.parseLong(expires)));
  }

  private static SignedParts of(
      String credential, String signedHeaders, String signature, String time, Duration expires) {
    if (credential == null || signedHeaders == null || signature == null) {
      return problem("Credential, SignedHeaders and Signature must all be there");
    }
    String[] scope = credential.split("/", -1);
    if (scope.length != SCOPE_PARTS || !scope[SCOPE_PARTS - 1].equals(SCOPE_END)) {
      return problem("the Credential must be KEY/DATE/REGION/SERVICE/" + SCOPE_END);
    }
    Instant signedAt = parse(time);
    if (signedAt == null) {
      return problem("X-Amz-Date must be there, as 20260131T235959Z");
    }
    String[] headers = signedHeaders.split(";", -1);
    if (headers.length > SIGNED_HEADERS_MAX) {
      return problem("more than " + SIGNED_HEADERS_MAX + " signed headers");
    }
    Set<String> names = new TreeSet<>(Arrays.asList(headers));
    return new SignedParts(
        scope[0], scope[1], scope[2], scope[3], names, signature, signedAt, expires, null);
  }

  private static Instant parse(String time) {
    try {
      return time == null ? null : LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static SignedParts problem(String problem) {
    return new SignedParts(null, null, null, null, null, null, null, null, problem);
  }
}
