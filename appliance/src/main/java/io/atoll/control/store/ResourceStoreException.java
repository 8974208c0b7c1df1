package io.atoll.control.store;

/** The store of resources can't be read or written. */
public final class ResourceStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /**
   * @param message names the place, and what is wrong with it
   */
  public ResourceStoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** What is wrong. */
  public enum Kind {
    /** The disk or its folder does not let itself be used. */
    UNUSABLE,

    /** What is stored contradicts itself or its checksums. */
    DAMAGED,

    /** A newer version of Atoll wrote what is stored. */
    VERSION
  }
}
