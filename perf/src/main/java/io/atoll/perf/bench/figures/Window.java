package io.atoll.perf.bench.figures;

/**
 * The times of a run on {@link System#nanoTime}'s clock: when the load begins to rise, from when
 * and until when it counts.
 */
public record Window(long startNanos, long fromNanos, long untilNanos) {

  boolean holds(long nanos) {
    return nanos - fromNanos >= 0 && nanos - untilNanos < 0;
  }

  public long measuredNanos() {
    return untilNanos - fromNanos;
  }

  /** The same, ended before its time. */
  public Window endedAt(long nowNanos) {
    long until = nowNanos - untilNanos < 0 ? nowNanos : untilNanos;
    return new Window(startNanos, fromNanos, until - fromNanos < 0 ? fromNanos : until);
  }
}
