package io.atoll.fs;

import io.atoll.io.loop.Loop;

/**
 * One request's passage through a file system: who asks, and how far the log must be durable before
 * the answer may leave. Loop-confined. One may serve several operations in a row (a compound).
 */
public final class FsCall {
  private Principal principal;
  private long requiredSequence;
  private Loop dataLoop;

  public FsCall(Principal principal) {
    this.principal = principal;
  }

  public Principal principal() {
    return principal;
  }

  public void principal(Principal newPrincipal) {
    this.principal = newPrincipal;
  }

  /** Begins another request, which depends on nothing yet and has the home loop do all of it. */
  public void restart(Principal newPrincipal) {
    principal = newPrincipal;
    requiredSequence = 0;
    dataLoop = null;
  }

  /**
   * The loop that is to move its data between memory and disk, as far as that is done for it alone;
   * null for the home loop.
   */
  public Loop dataLoop() {
    return dataLoop;
  }

  public void dataLoop(Loop loop) {
    dataLoop = loop;
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
