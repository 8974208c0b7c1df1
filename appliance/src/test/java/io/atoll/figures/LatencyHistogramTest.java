package io.atoll.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private static int classOf(long nanos) {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(nanos);
    int found = -1;
    for (int i = 0; i <= LatencyHistogram.CLASSES; i++) {
      if (histogram.count(i) == 1) {
        found = i;
      }
    }
    return found;
  }

  /** Prometheus's bounds are inclusive. */
  @Test
  void aClassEndsWithItsUpperBound() {
    for (int i = 0; i < LatencyHistogram.CLASSES; i++) {
      long upperNanos = Math.round(LatencyHistogram.upperSeconds(i) * 1e9);
      assertEquals(i, classOf(upperNanos), "at the bound of class " + i);
      assertEquals(i + 1, classOf(upperNanos + 1), "beyond the bound of class " + i);
    }
  }

  @Test
  void whatIsTooShortOrTooLongIsInTheFirstAndTheLast() {
    assertEquals(0, classOf(-1));
    assertEquals(0, classOf(0));
    assertEquals(LatencyHistogram.CLASSES, classOf(Long.MAX_VALUE));
    assertEquals(16e-6, LatencyHistogram.upperSeconds(0));
    assertEquals(Double.POSITIVE_INFINITY, LatencyHistogram.upperSeconds(LatencyHistogram.CLASSES));
  }

  @Test
  void theSumIsOfAll() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(5);
    histogram.record(7_000_000);
    assertEquals(7_000_005, histogram.sumNanos());
    assertEquals(2, histogram.count());
  }
}
