package io.atoll;

/** A reason not to start that the operator can do something about, told in one line. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /**
   * @param message names the thing, the value and the way out
   */
  public StartFailure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** What could not be had. */
  public enum Kind {
    ADDRESS,
    DATA_DIRECTORY,
    IO_URING,
    /** What is stored is damaged. */
    STORE,
    /** Another version of Atoll wrote what is stored. */
    STORE_VERSION
  }
}
