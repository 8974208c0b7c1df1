package io.atoll.perf.bench.figures;

import java.util.ArrayList;
import java.util.List;

/** Throughput over time: one value for each interval. */
public record TimelineResult(
    double intervalSeconds,
    List<Double> perSecond,
    List<Double> mibPerSecond,
    List<Double> longestMicros) {
  private static final double MIB = 1 << 20;

  /** The whole intervals of the first {@code seconds}. */
  static TimelineResult of(Timeline timeline, double seconds) {
    double interval = timeline.intervalNanos() / 1e9;
    int count = (int) Math.min(timeline.intervals(), Math.floor(seconds / interval + 1e-6));
    List<Double> rates = new ArrayList<>();
    List<Double> throughputs = new ArrayList<>();
    List<Double> longest = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rates.add(timeline.operations(i) / interval);
      throughputs.add(timeline.bytes(i) / MIB / interval);
      longest.add(timeline.longestNanos(i) / 1e3);
    }
    return new TimelineResult(interval, rates, throughputs, longest);
  }
}
