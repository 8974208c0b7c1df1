package io.atoll.api;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.LongSupplier;

/** What the node has of each kind of memory, beside the most that it may have of it. */
public final class MemoryCollector implements MultiCollector {
  private final List<Kind> kinds;

  public MemoryCollector(List<Kind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /**
   * A kind of memory, as the banner tells it.
   *
   * @param name the value of the label {@code kind}
   * @param boundBytes the most that there may be
   * @param bytes what there is; asked by any thread
   */
  public record Kind(String name, long boundBytes, LongSupplier bytes) {}

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder bytes =
        GaugeSnapshot.builder().name("atoll_memory_bytes").help("What the node has of a kind");
    GaugeSnapshot.Builder bounds =
        GaugeSnapshot.builder().name("atoll_memory_bound_bytes").help("The most that there may be");
    for (Kind kind : kinds) {
      Labels label = Labels.of("kind", kind.name());
      bytes.dataPoint(point(label, (double) kind.bytes().getAsLong()));
      bounds.dataPoint(point(label, (double) kind.boundBytes()));
    }
    return MetricSnapshots.of(bytes.build(), bounds.build());
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
