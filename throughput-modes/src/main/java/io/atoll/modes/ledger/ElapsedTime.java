package io.atoll.modes.ledger;

import java.util.concurrent.TimeUnit;

/**
 * How much time lies between two moments, as far as it can be believed. Credits are earned for
 * proven time only, so that setting the wall clock earns nothing, and loses nothing:
 *
 * <ul>
 *   <li>within one boot of the machine, the monotonic clock says it, whatever the wall clock says;
 *   <li>over a boot, only the time since the machine was started is proven. For what lies between
 *       the last entry and that, nobody but the wall clock, which may have been set, vouches: it
 *       earns nothing. So the most that can be lost is what would have been earned while the
 *       machine was off, and no file system was used then.
 * </ul>
 *
 * @param provenNanos not negative
 * @param wallJumpNanos how far the wall clock was set forward, or back if negative, as far as that
 *     can be seen; 0 below {@link #JUMP_NANOS}
 * @param unprovenNanos what the wall clock says beyond, over a boot; it earned nothing
 */
public record ElapsedTime(long provenNanos, long wallJumpNanos, long unprovenNanos) {

  /** Less is how clocks are disciplined, and not told. */
  public static final long JUMP_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** From {@code then} to {@code now}. */
  public static ElapsedTime between(LedgerTime then, LedgerTime now) {
    long wall = now.wallNanos() - then.wallNanos();
    if (now.boot().equals(then.boot())) {
      long proven = Math.max(0, now.monotonicNanos() - then.monotonicNanos());
      return new ElapsedTime(proven, jump(wall - proven), 0);
    }
    long sinceBoot = Math.max(0, now.monotonicNanos());
    return new ElapsedTime(
        sinceBoot, jump(Math.min(0, wall - sinceBoot)), Math.max(0, wall - sinceBoot));
  }

  private static long jump(long nanos) {
    return Math.abs(nanos) < JUMP_NANOS ? 0 : nanos;
  }

  /** For ages rather than earnings: what the wall clock says counts where nothing better does. */
  public long ageSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(provenNanos + unprovenNanos);
  }

  /** What the operator should be told, or null. */
  public String notice() {
    if (wallJumpNanos != 0) {
      return "the wall clock was set "
          + (wallJumpNanos > 0 ? "forward" : "back")
          + " by "
          + TimeUnit.NANOSECONDS.toSeconds(Math.abs(wallJumpNanos))
          + " s: credits go by the monotonic clock, none were earned or lost by that";
    }
    if (unprovenNanos >= JUMP_NANOS) {
      return "the machine was off, by its wall clock for "
          + TimeUnit.NANOSECONDS.toSeconds(unprovenNanos)
          + " s: no credits were earned in that time";
    }
    return null;
  }
}
