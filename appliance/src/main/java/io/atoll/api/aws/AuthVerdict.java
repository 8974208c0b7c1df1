package io.atoll.api.aws;

/** Whether a request bears the signature of somebody with a key. */
public sealed interface AuthVerdict {

  /**
   * It does.
   *
   * @param accessKeyId whose key it is
   */
  record Accepted(String accessKeyId) implements AuthVerdict {}

  /**
   * It does not.
   *
   * @param error AWS's name for it
   * @param message for the caller: no secret is in it
   */
  record Rejected(String error, String message) implements AuthVerdict {
    public static final int STATUS = 403;
  }
}
