package io.atoll.control;

import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputSettings;

/**
 * What a file system is made as.
 *
 * @param performanceMode fixed at creation
 * @param throughput to begin with
 */
public record FileSystemShape(PerformanceMode performanceMode, ThroughputSettings throughput) {

  /** What EFS makes if nothing is asked for. */
  public static final FileSystemShape DEFAULT =
      new FileSystemShape(PerformanceMode.GENERAL_PURPOSE, ThroughputSettings.BURSTING);
}
