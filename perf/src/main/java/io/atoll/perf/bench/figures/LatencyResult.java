package io.atoll.perf.bench.figures;

import org.HdrHistogram.Histogram;

/** How long operations took, in microseconds. */
public record LatencyResult(
    long count,
    double mean,
    double min,
    double p50,
    double p90,
    double p99,
    double p999,
    double p9999,
    double max) {
  private static final double NANOS_PER_MICRO = 1000;

  static LatencyResult of(Histogram times) {
    if (times.getTotalCount() == 0) {
      return new LatencyResult(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
    return new LatencyResult(
        times.getTotalCount(),
        micros(times.getMean()),
        micros((double) times.getMinValue()),
        at(times, 50),
        at(times, 90),
        at(times, 99),
        at(times, 99.9),
        at(times, 99.99),
        micros((double) times.getMaxValue()));
  }

  static double at(Histogram times, double percentile) {
    return micros((double) times.getValueAtPercentile(percentile));
  }

  /** With a tenth of a microsecond. */
  private static double micros(double nanos) {
    return Math.round(nanos / NANOS_PER_MICRO * 10) / 10.0;
  }
}
