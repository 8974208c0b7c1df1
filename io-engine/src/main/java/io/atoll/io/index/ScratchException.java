package io.atoll.io.index;

/**
 * What a check has to remember can't be kept or read again: its scratch folder is full, say. That
 * says nothing of the store that is checked.
 */
public final class ScratchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ScratchException(String message, Throwable cause) {
    super(message, cause);
  }
}
