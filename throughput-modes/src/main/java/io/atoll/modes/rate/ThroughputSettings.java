package io.atoll.modes.rate;

/**
 * What was asked for; whether it can be is said by {@link ModeControl}.
 *
 * @param mode the throughput mode
 * @param provisionedBytesPerSecond metered; with {@link ThroughputMode#PROVISIONED} only, else 0
 */
public record ThroughputSettings(ThroughputMode mode, long provisionedBytesPerSecond) {

  public static final ThroughputSettings BURSTING =
      new ThroughputSettings(ThroughputMode.BURSTING, 0);

  public static final ThroughputSettings ELASTIC =
      new ThroughputSettings(ThroughputMode.ELASTIC, 0);

  /** Provisioned throughput. */
  public static ThroughputSettings provisioned(long bytesPerSecond) {
    return new ThroughputSettings(ThroughputMode.PROVISIONED, bytesPerSecond);
  }
}
