package io.atoll.io.runtime;

/** The engine can't start in the mode asked for; the message says why and the way out. */
public final class EngineUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public EngineUnavailableException(String message) {
    super(message);
  }

  public EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
