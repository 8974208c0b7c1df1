package io.atoll.perf.bench.figures;

import java.util.Map;

/**
 * What a node of Atoll counted while a load was measured, for each request that it received (an
 * operation of the load may be several), and in the last two for each operation.
 *
 * @param requests that were counted with the rest: those of as many whole seconds as there were
 * @param logGroups writes of the log with a flush, each of which makes a group of changes durable
 * @param indexBatches batches of changes that the index took
 * @param diskReads of file content
 * @param diskWrites of file content
 * @param cacheHitShare of the blocks that were read, those that the cache had; null if none was
 *     read
 * @param heapBytesPerOperation what all event loops allocated; null if the node does not say
 * @param loopMicrosPerOperation how long all event loops ran; null if the node does not say
 */
public record CounterResult(
    long requests,
    double logGroups,
    double indexBatches,
    double diskReads,
    double diskWrites,
    Double cacheHitShare,
    Double heapBytesPerOperation,
    Double loopMicrosPerOperation) {
  private static final String REQUESTS = "atoll_loop_requests_total";
  private static final double MICROS_PER_SECOND = 1e6;

  static CounterResult between(
      Map<String, Double> before, Map<String, Double> after, long operations) {
    Rise rise = new Rise(before, after);
    double requests = rise.of(REQUESTS);
    if (requests <= 0 || operations == 0) {
      return null; // no node of Atoll, or too short a time
    }
    double found = rise.of("atoll_cache_blocks_found_total");
    double missed = rise.of("atoll_cache_blocks_missed_total");
    return new CounterResult(
        (long) requests,
        rise.of("atoll_log_commit_duration_seconds_count") / requests,
        rise.of("atoll_index_batches_total") / requests,
        rise.of("atoll_loop_data_reads_total") / requests,
        rise.of("atoll_loop_data_writes_total") / requests,
        found + missed > 0 ? found / (found + missed) : null,
        share(rise.of("atoll_loop_allocated_bytes_total"), operations),
        share(rise.of("atoll_loop_busy_seconds_total") * MICROS_PER_SECOND, operations));
  }

  private static Double share(double sum, long operations) {
    return sum > 0 ? sum / operations : null;
  }

  /** How much counters rose. */
  private record Rise(Map<String, Double> before, Map<String, Double> after) {
    double of(String metric) {
      return after.getOrDefault(metric, 0.0) - before.getOrDefault(metric, 0.0);
    }
  }
}
