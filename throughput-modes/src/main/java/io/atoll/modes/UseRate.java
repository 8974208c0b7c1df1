package io.atoll.modes;

import java.util.concurrent.TimeUnit;

/**
 * At which rate a counter rises: over the last whole span of ten seconds. Asked at least once in
 * it; loop-confined.
 */
final class UseRate {

  private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MILLIS_PER_SECOND = 1000;

  private long spanNanos;
  private long spanTotal;
  private long perSecond;

  UseRate(long nowNanos, long total) {
    spanNanos = nowNanos;
    spanTotal = total;
  }

  /** The counter stands at {@code total}. */
  void observe(long nowNanos, long total) {
    long millis = (nowNanos - spanNanos) / NANOS_PER_MILLI;
    if (nowNanos - spanNanos >= SPAN_NANOS) {
      perSecond = Math.max(0, (total - spanTotal) / millis * MILLIS_PER_SECOND);
      spanNanos = nowNanos;
      spanTotal = total;
    }
  }

  long perSecond() {
    return perSecond;
  }
}
