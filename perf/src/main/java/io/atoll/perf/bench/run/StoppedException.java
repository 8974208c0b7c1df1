package io.atoll.perf.bench.run;

/** The user has stopped the run. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("stopped by the user");
  }
}
