package io.atoll.perf.bench.client;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before a request is made again that the server has put off: ever longer, until
 * it has been put off for too long. Confined to one loop.
 */
final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long limitNanos;
  private long delayNanos = FIRST_NANOS;
  private long waitedNanos;

  /**
   * @param limitNanos of all waiting together
   */
  Backoff(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /** Begins anew, for another request. */
  void reset() {
    delayNanos = FIRST_NANOS;
    waitedNanos = 0;
  }

  /** Whether the request may be made once more. */
  boolean allows() {
    return waitedNanos < limitNanos;
  }

  /** How long to wait before that. */
  long nextNanos() {
    long now = delayNanos;
    waitedNanos += now;
    delayNanos = Math.min(2 * now, LONGEST_NANOS);
    return now;
  }
}
