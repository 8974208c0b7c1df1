package io.atoll.api.aws;

import io.atoll.api.aws.AuthVerdict.Accepted;
import io.atoll.api.aws.AuthVerdict.Rejected;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.internal.signer.CredentialScope;
import software.amazon.awssdk.http.auth.aws.internal.signer.V4CanonicalRequest;
import software.amazon.awssdk.http.auth.aws.internal.signer.util.SignerUtils;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Checks AWS's signature, version 4, of requests that bear it in their headers or, presigned, in
 * their query. The received request is signed once more by the code of the AWS SDK, over exactly
 * the headers that the client says it has signed, and the two signatures are compared in constant
 * time. (The SDK's public signer can't be asked to: it signs a header of its own besides.)
 */
public final class SignatureVerifier {
  /** How far a client's clock may be from this one's. */
  public static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(15);

  private static final Duration EXPIRY_MAX = Duration.ofDays(7);
  private static final String AMZ_DATE = "X-Amz-Date";
  private static final String AMZ_CONTENT_HASH = "X-Amz-Content-Sha256";
  private static final String AMZ_SIGNATURE = "X-Amz-Signature";
  private static final String SIGNATURE_MISMATCH = "SignatureDoesNotMatch";
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "HEAD");

  private final String region;
  private final Clock clock;

  /**
   * @param region that credentials must be scoped to
   */
  public SignatureVerifier(String region, Clock clock) {
    this.region = region;
    this.clock = clock;
  }

  /**
   * Checks {@code request}.
   *
   * @param service that credentials must be scoped to
   * @param secrets the secret of an access key's ID, or null
   */
  public AuthVerdict verify(ApiRequest request, String service, UnaryOperator<String> secrets) {
    SignedParts parts = SignedParts.of(request);
    if (parts == null) {
      return new Rejected(
          "MissingAuthenticationToken",
          "the request bears no signature: sign it with an access key of this node"
              + " (atoll key create)");
    }
    if (parts.problem() != null) {
      return new Rejected("IncompleteSignature", parts.problem());
    }
    Rejected wrong = wrongScope(parts, service);
    if (wrong == null) {
      wrong = wrongTime(parts);
    }
    if (wrong == null) {
      wrong = unsigned(request, parts);
    }
    if (wrong != null) {
      return wrong;
    }
    String secret = secrets.apply(parts.accessKeyId());
    if (secret == null) {
      return new Rejected(
          "InvalidClientTokenId",
          "the access key "
              + parts.accessKeyId()
              + " is not one of this node: 'atoll key list'"
              + " tells those that are");
    }
    return compare(request, parts, service, secret);
  }

  private Rejected wrongScope(SignedParts parts, String service) {
    if (!parts.region().equals(region)) {
      return mismatch(
          "the credential is scoped to the region '"
              + parts.region()
              + "', and this node's is "
              + region);
    }
    if (!parts.service().equals(service)) {
      return mismatch(
          "the credential is scoped to the service '" + parts.service() + "', not to " + service);
    }
    if (!parts.date().equals(SignerUtils.formatDate(parts.time()))) {
      return mismatch("the credential is scoped to another day than the request's");
    }
    return null;
  }

  private Rejected wrongTime(SignedParts parts) {
    Instant now = clock.instant();
    Duration validFor = parts.expires() == null ? CLOCK_SKEW_MAX : parts.expires();
    if (validFor.isNegative() || validFor.compareTo(EXPIRY_MAX) > 0) {
      return new Rejected(
          "AuthorizationQueryParametersError", "X-Amz-Expires must be 0 to 604800 seconds");
    }
    if (parts.time().isAfter(now.plus(CLOCK_SKEW_MAX))) {
      return mismatch(
          "Signature not yet current: "
              + SignerUtils.formatDateTime(parts.time())
              + " is later than "
              + SignerUtils.formatDateTime(now)
              + " and 15 min.");
    }
    if (parts.time().plus(validFor).isBefore(now)) {
      return mismatch(
          "Signature expired: "
              + SignerUtils.formatDateTime(parts.time())
              + " was valid for "
              + validFor.toSeconds()
              + " s, and it is "
              + SignerUtils.formatDateTime(now));
    }
    return null;
  }

  /** What must be signed and is not. */
  private static Rejected unsigned(ApiRequest request, SignedParts parts) {
    Set<String> signed = parts.signedHeaders();
    if (!signed.contains("host")) {
      return mismatch("the header host must be signed");
    }
    for (String name : request.headers().keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("x-amz-") && !signed.contains(lower)) {
        return mismatch("the header " + lower + " must be signed");
      }
    }
    for (String name : signed) {
      if (!request.headers().containsKey(name)) {
        return mismatch("the header " + name + " is said to be signed, and is not there");
      }
    }
    return null;
  }

  private static Rejected mismatch(String message) {
    return new Rejected(SIGNATURE_MISMATCH, message);
  }

  private AuthVerdict compare(
      ApiRequest request, SignedParts parts, String service, String secret) {
    String bodyHash = HexFormat.of().formatHex(SignerUtils.hash(request.body()));
    String saidHash = request.header(AMZ_CONTENT_HASH);
    if (saidHash != null && !saidHash.equals(bodyHash)) {
      return new Rejected(
          "XAmzContentSHA256Mismatch", "the body is not the one that X-Amz-Content-Sha256 names");
    }
    if (!METHODS.contains(request.method())) {
      return mismatch("the method " + request.method() + " is none of this API");
    }
    String canonical =
        new V4CanonicalRequest(
                sdkRequest(request, parts), bodyHash, new V4CanonicalRequest.Options(true, true))
            .getCanonicalRequestString();
    CredentialScope scope = new CredentialScope(region, service, parts.time());
    String toSign =
        String.join(
            "\n",
            SignedParts.ALGORITHM,
            scope.getDatetime(),
            scope.scope(),
            SignerUtils.hashCanonicalRequest(canonical));
    byte[] key =
        SignerUtils.deriveSigningKey(
            AwsCredentialsIdentity.create(parts.accessKeyId(), secret), scope);
    String expected = HexFormat.of().formatHex(SignerUtils.computeSignature(toSign, key));
    boolean same =
        MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.US_ASCII),
            parts.signature().getBytes(StandardCharsets.UTF_8));
    return same
        ? new Accepted(parts.accessKeyId())
        : mismatch(
            "The request signature we calculated does not match the signature you provided. Check"
                + " your secret access key and signing method.");
  }

  private static SdkHttpRequest sdkRequest(ApiRequest request, SignedParts parts) {
    SdkHttpRequest.Builder copy =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(request.method()))
            .uri(URI.create("http://unused"))
            .encodedPath(request.rawPath());
    for (String name : parts.signedHeaders()) {
      copy.putHeader(name, request.headers().get(name));
    }
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      if (!parameter.getKey().equals(AMZ_SIGNATURE)) {
        copy.putRawQueryParameter(parameter.getKey(), parameter.getValue());
      }
    }
    return copy.build();
  }

  /** The name of the header and of the query parameter that tell when a request was signed. */
  static String dateName() {
    return AMZ_DATE;
  }
}
