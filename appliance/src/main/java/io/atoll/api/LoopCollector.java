package io.atoll.api;

import com.sun.management.ThreadMXBean;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How busy event loops are: the time that their threads have run, which they do only while they
 * have something to do, and what they have allocated. EFS's PercentIOLimit is that share, of the
 * home loop. Read by whoever scrapes; the loops know nothing of it.
 */
public final class LoopCollector implements MultiCollector {
  /** A share is that of this time at least. */
  private static final long MIN_SPAN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double PERCENT = 100;

  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private final List<Thread> loops;
  private final Supplier<Map<String, Integer>> homes;
  private final long[] spanCpuNanos;
  private final double[] percents;
  private long spanNanos;

  /**
   * @param loops their threads, by number
   * @param homes file systems by name, and the number of the loop that is their home
   */
  public LoopCollector(List<Thread> loops, Supplier<Map<String, Integer>> homes) {
    this.loops = List.copyOf(loops);
    this.homes = homes;
    spanCpuNanos = new long[loops.size()];
    percents = new double[loops.size()];
    spanNanos = System.nanoTime();
    for (int i = 0; i < spanCpuNanos.length; i++) {
      spanCpuNanos[i] = cpuNanos(i);
    }
  }

  private long cpuNanos(int loop) {
    return Math.max(0, threads.getThreadCpuTime(loops.get(loop).threadId()));
  }

  private double allocatedBytes(int loop) {
    return (double) Math.max(0, threads.getThreadAllocatedBytes(loops.get(loop).threadId()));
  }

  @Override
  public synchronized MetricSnapshots collect() {
    long now = System.nanoTime();
    boolean spanEnds = now - spanNanos >= MIN_SPAN_NANOS;
    CounterSnapshot.Builder busy =
        CounterSnapshot.builder()
            .name("atoll_loop_busy_seconds")
            .help("How long an event loop's thread has run");
    CounterSnapshot.Builder allocated =
        CounterSnapshot.builder()
            .name("atoll_loop_allocated_bytes")
            .help("What an event loop's thread has allocated on the Java heap");
    for (int i = 0; i < percents.length; i++) {
      long cpuNanos = cpuNanos(i);
      if (spanEnds) {
        percents[i] = Math.min(PERCENT, PERCENT * (cpuNanos - spanCpuNanos[i]) / (now - spanNanos));
        spanCpuNanos[i] = cpuNanos;
      }
      busy.dataPoint(ofLoop(i, cpuNanos / NANOS_PER_SECOND));
      allocated.dataPoint(ofLoop(i, allocatedBytes(i)));
    }
    if (spanEnds) {
      spanNanos = now;
    }
    GaugeSnapshot.Builder percent =
        GaugeSnapshot.builder()
            .name("atoll_percent_io_limit")
            .help(
                "PercentIOLimit: the busy share of the home loop, since the last scrape but five"
                    + " seconds at least");
    homes
        .get()
        .forEach((id, loop) ->
            percent.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("file_system", id))
                    .value(percents[loop])
                    .build()));
    return MetricSnapshots.of(busy.build(), allocated.build(), percent.build());
  }

  private static CounterDataPointSnapshot ofLoop(int loop, double value) {
    return CounterDataPointSnapshot.builder()
        .labels(Labels.of("loop", Integer.toString(loop)))
        .value(value)
        .build();
  }
}
