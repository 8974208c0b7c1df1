package io.atoll.modes.rate;

/**
 * An amount that a rate fills: whole units and millionths of one, so that microseconds at a whole
 * rate a second add up exactly, in however many parts time comes. Below zero it is a debt.
 * Loop-confined.
 */
final class FluidLevel {

  static final long MICROS_PER_SECOND = 1_000_000;

  /** The greatest rate, in units a second: a second of it in millionths is still a long. */
  static final long MAX_RATE = Long.MAX_VALUE / MICROS_PER_SECOND - 1;

  private long units;
  private long millionths;

  FluidLevel(long units, long millionths) {
    assert millionths >= 0 && millionths < MICROS_PER_SECOND : millionths;
    this.units = units;
    this.millionths = millionths;
  }

  /** Rounded down. */
  long units() {
    return units;
  }

  /** What the rounding left off: 0 to 999,999. */
  long millionths() {
    return millionths;
  }

  boolean isPositive() {
    return units > 0 || (units == 0 && millionths > 0);
  }

  /**
   * Adds what {@code micros} at a rate give, up to {@code cap}.
   *
   * @param unitsPerSecond 0 to {@link #MAX_RATE}
   */
  void fill(long unitsPerSecond, long micros, long cap) {
    assert unitsPerSecond >= 0 && unitsPerSecond <= MAX_RATE : unitsPerSecond;
    assert micros >= 0 : micros;
    if (unitsPerSecond > 0 && micros > 0) {
      long seconds = micros / MICROS_PER_SECOND;
      if (seconds > 0 && seconds >= (cap - units) / unitsPerSecond + 1) {
        units = cap; // And no product that is too large.
        millionths = 0;
        return;
      }
      long rest = unitsPerSecond * (micros % MICROS_PER_SECOND) + millionths;
      units += unitsPerSecond * seconds + rest / MICROS_PER_SECOND;
      millionths = rest % MICROS_PER_SECOND;
    }
    cutTo(cap);
  }

  /** Adds whole units, up to {@code cap}. */
  void add(long amount, long cap) {
    units += amount;
    cutTo(cap);
  }

  /** Takes whole units, down to {@code floor}; what is below that already stays where it is. */
  void take(long amount, long floor) {
    if (units - amount >= floor) {
      units -= amount;
    } else if (units >= floor) {
      units = floor;
      millionths = 0;
    }
  }

  /** Lets go of what is above {@code cap}. */
  void cutTo(long cap) {
    if (units >= cap) {
      units = cap;
      millionths = 0;
    }
  }

  /** How long a rate takes to make it positive; 0 if it is, and Long.MAX_VALUE if it never does. */
  long microsUntilPositive(long unitsPerSecond) {
    if (isPositive()) {
      return 0;
    }
    if (unitsPerSecond == 0) {
      return Long.MAX_VALUE;
    }
    long owedMillionths = -(units * MICROS_PER_SECOND + millionths);
    return owedMillionths / unitsPerSecond + 1;
  }
}
