package io.atoll.perf.bench.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class CounterResultTest {
  private static final String BEFORE =
      """
      # HELP atoll_loop_requests_total That sockets there received
      # TYPE atoll_loop_requests_total counter
      atoll_loop_requests_total{file_system="fs-1",loop="0"} 100.0
      atoll_loop_requests_total{file_system="fs-1",loop="1"} 50.0
      atoll_loop_data_reads_total{file_system="fs-1",loop="0"} 7.0
      atoll_log_commit_duration_seconds_count{file_system="fs-1"} 3
      atoll_cache_blocks_found_total{file_system="fs-1"} 10.0
      atoll_cache_blocks_missed_total{file_system="fs-1"} 1.0
      atoll_loop_allocated_bytes_total{loop="0"} 1.0E6
      """;
  private static final String AFTER =
      """
      atoll_loop_requests_total{file_system="fs-1",loop="0"} 200.0
      atoll_loop_requests_total{file_system="fs-1",loop="1"} 150.0
      atoll_loop_data_reads_total{file_system="fs-1",loop="0"} 57.0
      atoll_log_commit_duration_seconds_count{file_system="fs-1"} 5
      atoll_cache_blocks_found_total{file_system="fs-1"} 100.0
      atoll_cache_blocks_missed_total{file_system="fs-1"} 11.0
      atoll_loop_allocated_bytes_total{loop="0"} 1.1E6
      """;

  private static CounterResult between(String before, String after, long operations) {
    return CounterResult.between(CounterMeter.in(before), CounterMeter.in(after), operations);
  }

  @Test
  void whatRoseIsDividedByTheRequestsOfAllLoops() {
    CounterResult result = between(BEFORE, AFTER, 400);
    assertEquals(200, result.requests());
    assertEquals(0.25, result.diskReads());
    assertEquals(0.01, result.logGroups());
    assertEquals(0, result.diskWrites());
    assertEquals(0.9, result.cacheHitShare());
    assertEquals(250, result.heapBytesPerOperation());
    assertNull(result.loopMicrosPerOperation(), "an older node does not say");
  }

  @Test
  void whatIsNotKnownIsNotMadeUp() {
    assertNull(between("", "", 10), "nobody answered");
    assertNull(between(BEFORE, BEFORE, 10), "too short for the node to count");
    assertNull(between(AFTER, BEFORE, 10), "the node began anew");
    assertNull(between("<html>\n404 not found\n", "something {else} x\n", 10));
    assertNull(between(BEFORE, AFTER, 0));
  }
}
