package io.atoll.api;

/** The address of the HTTP server can't be listened on; the cause says why. */
public final class ApiAddressException extends Exception {
  private static final long serialVersionUID = 1L;

  ApiAddressException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
