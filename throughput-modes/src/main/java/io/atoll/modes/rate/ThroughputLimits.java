package io.atoll.modes.rate;

import java.util.concurrent.TimeUnit;

/**
 * The bounds that the node sets. Rates are metered bytes a second.
 *
 * @param ceilingBytesPerSecond no file system is permitted more, in whatever mode; also the most
 *     that can be provisioned. {@link #MIN_BYTES_PER_SECOND} to {@link #MAX_BYTES_PER_SECOND}
 * @param elasticBytesPerSecond what elastic throughput permits; from the same range, and cut to the
 *     ceiling
 * @param changeWaitSeconds after provisioned throughput was lowered or the mode changed, how long
 *     it can't be again; 0 to {@link #MAX_CHANGE_WAIT_SECONDS}
 */
public record ThroughputLimits(
    long ceilingBytesPerSecond, long elasticBytesPerSecond, long changeWaitSeconds) {

  /** The least that can be permitted, and provisioned. */
  public static final long MIN_BYTES_PER_SECOND = 1L << 20;

  /** The greatest rate that is reckoned with: a TiB a second. */
  public static final long MAX_BYTES_PER_SECOND = 1L << 40;

  /** EFS's wait. */
  public static final long DEFAULT_CHANGE_WAIT_SECONDS = TimeUnit.HOURS.toSeconds(24);

  public static final long MAX_CHANGE_WAIT_SECONDS = TimeUnit.DAYS.toSeconds(365);

  /** Of EFS's largest regions: 3 GiB/s metered. */
  public static final long DEFAULT_CEILING_BYTES_PER_SECOND = 3L << 30;

  public static final ThroughputLimits DEFAULT =
      new ThroughputLimits(
          DEFAULT_CEILING_BYTES_PER_SECOND,
          DEFAULT_CEILING_BYTES_PER_SECOND,
          DEFAULT_CHANGE_WAIT_SECONDS);

  public ThroughputLimits {
    check(
        "ceilingBytesPerSecond", ceilingBytesPerSecond, MIN_BYTES_PER_SECOND, MAX_BYTES_PER_SECOND);
    check(
        "elasticBytesPerSecond", elasticBytesPerSecond, MIN_BYTES_PER_SECOND, MAX_BYTES_PER_SECOND);
    check("changeWaitSeconds", changeWaitSeconds, 0, MAX_CHANGE_WAIT_SECONDS);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " " + value + ": must be from " + least + " to " + most);
    }
  }
}
