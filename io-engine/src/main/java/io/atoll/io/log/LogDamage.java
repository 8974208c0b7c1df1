package io.atoll.io.log;

/** What makes a log unusable: names the file and the offset. Used as the failure of a future. */
public final class LogDamage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LogDamage(String message) {
    super(message);
  }
}
