package io.atoll.fs.salvage;

/** A reason why a salvage can't be finished that the operator can do something about. */
public final class SalvageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ofOtherVersion;

  SalvageException(String message) {
    this(message, false);
  }

  SalvageException(String message, boolean ofOtherVersion) {
    super(message);
    this.ofOtherVersion = ofOtherVersion;
  }

  /** Whether another version of Atoll wrote what was to be salvaged. */
  public boolean isOfOtherVersion() {
    return ofOtherVersion;
  }
}
