package io.atoll.perf.bench.workload;

/** When the operations of an open loop are due: at even intervals. Not thread-safe. */
public final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long startNanos;
  private final double intervalNanos;
  private long count;

  /**
   * @param phase from 0 to 1: where in the first interval the first one is due
   */
  public Pace(long startNanos, double ratePerSecond, double phase) {
    this.intervalNanos = NANOS_PER_SECOND / ratePerSecond;
    this.startNanos = startNanos + (long) (phase * intervalNanos);
  }

  /** When the next one is due. */
  public long dueNanos() {
    return startNanos + (long) (count * intervalNanos);
  }

  /** Goes on to the one after. */
  public void next() {
    count++;
  }
}
