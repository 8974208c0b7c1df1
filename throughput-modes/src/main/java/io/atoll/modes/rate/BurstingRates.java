package io.atoll.modes.rate;

import io.atoll.modes.meter.Metering;

/**
 * What a file system may do by its metered size alone, as EFS gives it. Rates are in thirds of a
 * byte ({@link Metering}) a second, rounded down to a whole one.
 *
 * @param baselineThirdsPerSecond 50 KiB/s for each GiB: credits are earned at this rate
 * @param exhaustedThirdsPerSecond what is permitted without credits: the baseline, at least 1 MiB/s
 * @param burstThirdsPerSecond what is permitted with credits: 100 MiB/s, or 100 MiB/s for each TiB
 * @param creditCapThirds the most credits: 2.1 TiB, or 2.1 TiB for each TiB
 */
public record BurstingRates(
    long baselineThirdsPerSecond,
    long exhaustedThirdsPerSecond,
    long burstThirdsPerSecond,
    long creditCapThirds) {

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;

  /** What is always permitted. */
  public static final long FLOOR_BYTES_PER_SECOND = MIB;

  /** What is permitted with credits, to a file system of up to a TiB. */
  public static final long MIN_BURST_BYTES_PER_SECOND = 100 * MIB;

  /** Credits of a new file system, and the most for one of up to a TiB: 2.1 TiB, rounded up. */
  public static final long INITIAL_CREDIT_BYTES = 2_308_974_418_330L;

  /** The greatest metered size that is reckoned with. */
  public static final long MAX_METERED_BYTES = 32L << 50;

  private static final long BASELINE_BYTES_PER_SECOND_PER_GIB = 50 * KIB;

  // 50 KiB to the GiB, and three thirds, in lowest terms: so that no product overflows.
  private static final long BASELINE_NUMERATOR = 25L * Metering.THIRDS_PER_BYTE;
  private static final long BASELINE_DENOMINATOR = GIB / (BASELINE_BYTES_PER_SECOND_PER_GIB / 25);

  // 100 MiB to the TiB, and three thirds.
  private static final long BURST_NUMERATOR = 25L * Metering.THIRDS_PER_BYTE;
  private static final long BURST_DENOMINATOR = TIB / (100 * MIB / 25);

  private static final long CREDIT_NUMERATOR = 21L * Metering.THIRDS_PER_BYTE;
  private static final long CREDIT_DENOMINATOR = 10;

  /**
   * The rates of a size.
   *
   * @param meteredBytes 0 to {@link #MAX_METERED_BYTES}; more counts for that
   */
  public static BurstingRates ofSize(long meteredBytes) {
    if (meteredBytes < 0) {
      throw new IllegalArgumentException("metered size " + meteredBytes + " bytes: is negative");
    }
    long size = Math.min(meteredBytes, MAX_METERED_BYTES);
    long baseline = size * BASELINE_NUMERATOR / BASELINE_DENOMINATOR;
    long burst = size * BURST_NUMERATOR / BURST_DENOMINATOR;
    long cap = size * CREDIT_NUMERATOR / CREDIT_DENOMINATOR;
    return new BurstingRates(
        baseline,
        Math.max(baseline, Metering.thirds(FLOOR_BYTES_PER_SECOND)),
        Math.max(burst, Metering.thirds(MIN_BURST_BYTES_PER_SECOND)),
        Math.max(cap, Metering.thirds(INITIAL_CREDIT_BYTES)));
  }

  /**
   * How long credits last, in seconds rounded down.
   *
   * @param creditThirds what there is
   * @param earnedThirdsPerSecond comes in meanwhile
   * @param usedThirdsPerSecond goes out
   * @return Long.MAX_VALUE if they don't run out at these rates
   */
  public static long secondsUntilExhausted(
      long creditThirds, long earnedThirdsPerSecond, long usedThirdsPerSecond) {
    if (usedThirdsPerSecond <= earnedThirdsPerSecond) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, creditThirds) / (usedThirdsPerSecond - earnedThirdsPerSecond);
  }
}
