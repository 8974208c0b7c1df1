package io.atoll.perf.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a node's metrics say of its loops, as they are scraped. */
class LoopReadingsTest {
  private static final String BEFORE =
      """
      # TYPE atoll_loop_requests_total counter
      atoll_loop_requests_total{file_system="fs-1",loop="0"} 10.0
      atoll_loop_requests_total{file_system="fs-2",loop="0"} 500.0
      atoll_loop_busy_seconds_total{loop="1"} 1.5
      """;
  private static final String AFTER =
      """
      atoll_loop_requests_total{file_system="fs-1",loop="0"} 1.2E7
      atoll_loop_requests_total{file_system="fs-1",loop="1"} 7.0
      atoll_loop_requests_total{file_system="fs-2",loop="0"} 500.0
      atoll_loop_busy_seconds_total{loop="1"} 4.0
      """;

  @Test
  void countersAreToldApartByFileSystemAndLoop() {
    LoopReadings before = LoopReadings.in(BEFORE);
    LoopReadings after = LoopReadings.in(AFTER);
    assertEquals(1.2e7 - 10, after.since(before, "atoll_loop_requests_total", "fs-1", 0));
    assertEquals(7, after.since(before, "atoll_loop_requests_total", "fs-1", 1));
    assertEquals(0, after.since(before, "atoll_loop_requests_total", "fs-2", 0));
    assertEquals(2.5, after.since(before, "atoll_loop_busy_seconds_total", null, 1));
  }
}
