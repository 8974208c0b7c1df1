package io.atoll;

import io.atoll.modes.rate.PerformanceMode;

/** As the other, with connections and data on all loops. */
class ReopenMaxIoTest extends ReopenTest {
  @Override
  PerformanceMode performanceMode() {
    return PerformanceMode.MAX_IO;
  }
}
