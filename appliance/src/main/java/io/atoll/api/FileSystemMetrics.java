package io.atoll.api;

import io.atoll.figures.LatencyHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One scrape's metrics of file systems, put together by name. For one thread. */
final class FileSystemMetrics {
  private static final String FILE_SYSTEM = "file_system";
  private static final String OPERATION = "operation";
  private static final String LOOP = "loop";

  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, HistogramSnapshot.Builder> histograms = new LinkedHashMap<>();
  private final Map<String, SummarySnapshot.Builder> summaries = new LinkedHashMap<>();

  /** One that only rises; its name gets {@code _total}. */
  void counter(String name, String help, String fileSystem, long value) {
    counters
        .computeIfAbsent(name, absent -> CounterSnapshot.builder().name(name).help(help))
        .dataPoint(
            CounterDataPointSnapshot.builder()
                .labels(labels(fileSystem))
                .value((double) value)
                .build());
  }

  /** As the other, of what one event loop does for the file system. */
  void counter(String name, String help, String fileSystem, int loop, long value) {
    counters
        .computeIfAbsent(name, absent -> CounterSnapshot.builder().name(name).help(help))
        .dataPoint(
            CounterDataPointSnapshot.builder()
                .labels(labels(fileSystem, loop))
                .value((double) value)
                .build());
  }

  /** As the other, of what one event loop does for the file system. */
  void gauge(String name, String help, String fileSystem, int loop, long value) {
    gauges
        .computeIfAbsent(name, absent -> GaugeSnapshot.builder().name(name).help(help))
        .dataPoint(
            GaugeDataPointSnapshot.builder()
                .labels(labels(fileSystem, loop))
                .value((double) value)
                .build());
  }

  void gauge(String name, String help, String fileSystem, long value) {
    gauge(name, help, fileSystem, (double) value);
  }

  void gauge(String name, String help, String fileSystem, double value) {
    gauges
        .computeIfAbsent(name, absent -> GaugeSnapshot.builder().name(name).help(help))
        .dataPoint(
            GaugeDataPointSnapshot.builder().labels(labels(fileSystem)).value(value).build());
  }

  /** How often and how long in all. */
  void summary(String name, String help, String fileSystem, long count, double sum) {
    summaries
        .computeIfAbsent(name, absent -> SummarySnapshot.builder().name(name).help(help))
        .dataPoint(
            SummaryDataPointSnapshot.builder()
                .labels(labels(fileSystem))
                .count(count)
                .sum(sum)
                .build());
  }

  /**
   * How often it took how long.
   *
   * @param operation a further label, or null
   */
  void histogram(
      String name, String help, String fileSystem, String operation, LatencyHistogram from) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i <= LatencyHistogram.CLASSES; i++) {
      buckets.bucket(LatencyHistogram.upperSeconds(i), from.count(i));
    }
    Labels labels =
        operation == null
            ? labels(fileSystem)
            : Labels.of(FILE_SYSTEM, fileSystem, OPERATION, operation);
    histograms
        .computeIfAbsent(name, absent -> HistogramSnapshot.builder().name(name).help(help))
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .sum(from.sumNanos() / (double) TimeUnit.SECONDS.toNanos(1))
                .build());
  }

  private static Labels labels(String fileSystem, int loop) {
    return Labels.of(FILE_SYSTEM, fileSystem, LOOP, Integer.toString(loop));
  }

  private static Labels labels(String fileSystem) {
    return Labels.of(FILE_SYSTEM, fileSystem);
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    counters.values().forEach(each -> all.metricSnapshot(each.build()));
    gauges.values().forEach(each -> all.metricSnapshot(each.build()));
    histograms.values().forEach(each -> all.metricSnapshot(each.build()));
    summaries.values().forEach(each -> all.metricSnapshot(each.build()));
    return all.build();
  }
}
