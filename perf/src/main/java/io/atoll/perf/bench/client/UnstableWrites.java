package io.atoll.perf.bench.client;

/**
 * The write verifier of what a server has taken and not made durable (RFC 8881, sections 18.3.3 and
 * 18.32.4): while it stays the same, nothing is lost; when it changes, all that was not committed
 * is to be sent again. Confined to one loop.
 */
public final class UnstableWrites {
  private boolean pending;
  private long verifier;

  /** Whether something waits for a COMMIT. */
  public boolean isPending() {
    return pending;
  }

  /**
   * Takes a WRITE's reply in.
   *
   * @param committed how durable the server says that it is
   * @return whether it says that what waited for a COMMIT may be lost; the write itself then waits
   *     under the new verifier
   */
  public boolean lostBy(Stability committed, long writeVerifier) {
    if (committed == Stability.FILE_SYNC) {
      return false;
    }
    boolean lost = pending && writeVerifier != verifier;
    pending = true;
    verifier = writeVerifier;
    return lost;
  }

  /** Whether a COMMIT's reply makes durable what was written before the COMMIT was sent. */
  public boolean isCommittedBy(long commitVerifier) {
    return !pending || commitVerifier == verifier;
  }

  /** Begins anew. */
  public void forget() {
    pending = false;
  }
}
