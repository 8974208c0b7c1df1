package io.atoll.fs.salvage;

/** A reason why a salvage can't be finished that the operator can do something about. */
public final class SalvageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SalvageException(String message) {
    super(message);
  }
}
