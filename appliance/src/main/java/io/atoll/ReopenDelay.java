package io.atoll;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before a fenced file system is opened again: a moment at first, twice as long
 * each time, until it has stayed up for a while.
 */
final class ReopenDelay {
  static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** One that was up for so long begins anew. */
  static final long STEADY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private long nextNanos = FIRST_NANOS;

  /** The file system was up for so long, and is not any more. */
  void wasUp(long nanos) {
    if (nanos >= STEADY_NANOS) {
      nextNanos = FIRST_NANOS;
    }
  }

  /** The delay before the next attempt. */
  long next() {
    long delay = nextNanos;
    nextNanos = Math.min(2 * delay, LONGEST_NANOS);
    return delay;
  }
}
