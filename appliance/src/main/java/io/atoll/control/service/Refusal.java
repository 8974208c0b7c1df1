package io.atoll.control.service;

import io.atoll.control.HostRefusal;

/**
 * What is asked for is not done, and nothing has changed: an outcome, so without a stack trace, and
 * checked, so that nobody forgets it.
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final EfsError error;
  private final String existingId;

  /**
   * @param message names the thing, the value and the way out
   */
  public Refusal(EfsError error, String message) {
    this(error, message, null);
  }

  private Refusal(EfsError error, String message, String existingId) {
    super(message, null, false, false);
    this.error = error;
    this.existingId = existingId;
  }

  /** It exists already, as {@code existingId}. */
  static Refusal exists(EfsError error, String message, String existingId) {
    return new Refusal(error, message, existingId);
  }

  /** Why the host does not do what was asked for. */
  public static Refusal of(HostRefusal refusal) {
    EfsError error =
        switch (refusal.reason()) {
          case NOT_THERE, NOT_OPEN -> EfsError.INCORRECT_FILE_SYSTEM_LIFE_CYCLE_STATE;
          case ADDRESS -> EfsError.IP_ADDRESS_IN_USE;
          case TOO_MANY -> EfsError.FILE_SYSTEM_LIMIT_EXCEEDED;
          case TOO_MANY_MOUNT_POINTS -> EfsError.NETWORK_INTERFACE_LIMIT_EXCEEDED;
          case NO_DIRECTORY_OR_QUOTA -> EfsError.QUOTA_NOT_FOUND;
          case TOO_MANY_QUOTAS -> EfsError.QUOTA_LIMIT_EXCEEDED;
          case NOT_SUPPORTED -> EfsError.BAD_REQUEST;
          case NO_ROOM -> EfsError.INSUFFICIENT_THROUGHPUT_CAPACITY;
          case STORE, STOPPING -> EfsError.INTERNAL_SERVER_ERROR;
        };
    return new Refusal(error, refusal.getMessage());
  }

  public static Refusal badRequest(String message) {
    return new Refusal(EfsError.BAD_REQUEST, message);
  }

  public EfsError error() {
    return error;
  }

  /** Of what exists already, or null. */
  public String existingId() {
    return existingId;
  }
}
