package io.atoll.modes.rate;

import io.atoll.modes.meter.Metering;

/**
 * An exact amount of burst credits, as it is kept over a restart. Below zero it is what the last
 * requests took beyond the credits, which is earned back first; EFS's BurstCreditBalance shows that
 * as zero.
 *
 * @param thirds of a byte ({@link Metering}), rounded down
 * @param millionths of such a third, from 0 to 999,999
 */
public record Credits(long thirds, int millionths) {

  /** Of a file system that was just made. */
  public static final Credits INITIAL =
      new Credits(Metering.thirds(BurstingRates.INITIAL_CREDIT_BYTES), 0);

  public static final Credits NONE = new Credits(0, 0);

  /** The most that {@code millionths} can be. */
  public static final int MAX_MILLIONTHS = (int) FluidLevel.MICROS_PER_SECOND - 1;

  public Credits {
    if (millionths < 0 || millionths > MAX_MILLIONTHS) {
      throw new IllegalArgumentException(
          "millionths " + millionths + ": must be 0 to " + MAX_MILLIONTHS);
    }
  }

  /** BurstCreditBalance. */
  public long balanceBytes() {
    return Math.max(0, Metering.bytes(thirds));
  }
}
