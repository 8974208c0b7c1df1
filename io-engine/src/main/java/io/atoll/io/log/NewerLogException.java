package io.atoll.io.log;

/** The log has a record that a newer Atoll wrote: names the file and the offset. */
public final class NewerLogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NewerLogException(String message) {
    super(message);
  }
}
