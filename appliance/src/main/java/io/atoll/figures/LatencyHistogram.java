package io.atoll.figures;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long, in classes that double: up to 16 µs, 32 µs, ... 16.8 s, and
 * longer. One thread records; others may read, and find each number whole but not all of the same
 * moment.
 */
public final class LatencyHistogram {
  /** Of the classes with an upper bound. */
  public static final int CLASSES = 21;

  private static final int FIRST_EXPONENT = 4;
  private static final long NANOS_PER_MICRO = 1000;

  private final AtomicLongArray counts = new AtomicLongArray(CLASSES + 1);
  private final AtomicLong sumNanos = new AtomicLong();

  /** Something took so long. */
  public void record(long nanos) {
    long positive = Math.max(0, nanos);
    int of = classOf(positive);
    counts.setOpaque(of, counts.getPlain(of) + 1);
    sumNanos.setOpaque(sumNanos.getPlain() + positive);
  }

  private static int classOf(long nanos) {
    long wholeMicros = Math.ceilDiv(nanos, NANOS_PER_MICRO);
    int exponent = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, wholeMicros) - 1);
    return Math.clamp(exponent - FIRST_EXPONENT, 0, CLASSES);
  }

  /** The upper bound of a class, in seconds; beyond all for the last. */
  public static double upperSeconds(int of) {
    return of == CLASSES
        ? Double.POSITIVE_INFINITY
        : (1L << (of + FIRST_EXPONENT)) / (double) TimeUnit.SECONDS.toMicros(1);
  }

  /** How often it was in a class: 0 to {@link #CLASSES}. */
  public long count(int of) {
    return counts.getOpaque(of);
  }

  /** How often, in all. */
  public long count() {
    long sum = 0;
    for (int i = 0; i <= CLASSES; i++) {
      sum += count(i);
    }
    return sum;
  }

  /** All that it took. */
  public long sumNanos() {
    return sumNanos.getOpaque();
  }
}
