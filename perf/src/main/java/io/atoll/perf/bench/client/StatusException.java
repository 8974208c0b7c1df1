package io.atoll.perf.bench.client;

/** An operation of the preparations was answered with something other than NFS4_OK. */
public final class StatusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  StatusException(String step, int status) {
    super(step + ": the server answered " + StatusName.of(status));
    this.status = status;
  }

  /** The number on the wire. */
  public int status() {
    return status;
  }
}
