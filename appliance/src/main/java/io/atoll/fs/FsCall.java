package io.atoll.fs;

/**
 * One request's passage through a file system: who asks, and how far the log must be durable before
 * the answer may leave. Loop-confined. One may serve several operations in a row (a compound).
 */
public final class FsCall {
  private Principal principal;
  private long requiredSequence;

  public FsCall(Principal principal) {
    this.principal = principal;
  }

  public Principal principal() {
    return principal;
  }

  public void principal(Principal newPrincipal) {
    this.principal = newPrincipal;
  }

  /** Begins another request, which depends on nothing yet. */
  public void restart(Principal newPrincipal) {
    principal = newPrincipal;
    requiredSequence = 0;
  }

  /**
   * Says that the answer states, or lets infer, something that the record {@code sequence} made so.
   */
  public void dependsOn(long sequence) {
    if (sequence > requiredSequence) {
      requiredSequence = sequence;
    }
  }

  /** The answer may leave when this is durable: see {@link FileSystem#awaitDurable}. */
  public long requiredSequence() {
    return requiredSequence;
  }
}
