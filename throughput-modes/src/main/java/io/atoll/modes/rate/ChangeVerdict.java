package io.atoll.modes.rate;

/** Whether settings can be what somebody asks for. */
public sealed interface ChangeVerdict {

  /** They can, and are from now on. */
  record Accepted(ThroughputSettings settings) implements ChangeVerdict {}

  /**
   * They can't; nothing has changed.
   *
   * @param message names the key, the value and what is allowed
   * @param retryAfterSeconds when the same would be accepted, 0 if never
   */
  record Refused(Reason reason, String message, long retryAfterSeconds) implements ChangeVerdict {}

  /** Why, after the error codes of EFS's API. */
  enum Reason {
    BAD_REQUEST,
    THROUGHPUT_LIMIT_EXCEEDED,
    TOO_MANY_REQUESTS
  }
}
