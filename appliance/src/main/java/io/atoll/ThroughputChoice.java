package io.atoll;

import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;

/**
 * What an operator decides about the throughput of file systems.
 *
 * @param performanceMode of a new file system; fixed from then on
 * @param ifNew what a new file system begins with
 * @param wanted what one that is there already is to have from now on, as far as it may be changed;
 *     null if it is to stay as it is
 * @param limits that the node sets
 * @param remeterSeconds between looking at how large a file system is; EFS does about hourly
 */
public record ThroughputChoice(
    PerformanceMode performanceMode,
    ThroughputSettings ifNew,
    ThroughputSettings wanted,
    ThroughputLimits limits,
    int remeterSeconds) {

  /** As EFS looks. */
  public static final int DEFAULT_REMETER_SECONDS = 3600;

  /** Elastic, so that the first use is not throttled. */
  public static final ThroughputChoice DEFAULT =
      new ThroughputChoice(
          PerformanceMode.GENERAL_PURPOSE,
          ThroughputSettings.ELASTIC,
          null,
          ThroughputLimits.DEFAULT,
          DEFAULT_REMETER_SECONDS);

  /** The same for a file system that is made with other settings. */
  ThroughputChoice of(PerformanceMode mode, ThroughputSettings settings) {
    return new ThroughputChoice(mode, settings, null, limits, remeterSeconds).in(mode);
  }

  /** The same for a file system whose performance mode is fixed: elastic is not for Max I/O. */
  ThroughputChoice in(PerformanceMode mode) {
    boolean isPossible =
        mode == PerformanceMode.GENERAL_PURPOSE || ifNew.mode() != ThroughputMode.ELASTIC;
    return new ThroughputChoice(
        mode, isPossible ? ifNew : ThroughputSettings.BURSTING, wanted, limits, remeterSeconds);
  }
}
