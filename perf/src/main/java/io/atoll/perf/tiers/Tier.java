package io.atoll.perf.tiers;

import java.util.List;

/**
 * What was seen of one mode.
 *
 * @param name in words
 * @param expectedBytesPerSecond what it is held to; 0 if to nothing
 * @param measuredBytesPerSecond metered, from its first to its last look after it had settled
 * @param holds whether that is within {@link #TOLERANCE}
 * @param points the looks
 */
public record Tier(
    String name,
    double expectedBytesPerSecond,
    double measuredBytesPerSecond,
    boolean holds,
    List<Point> points) {

  /** The rate is kept to 2 %. */
  static final double TOLERANCE = 0.02;

  static Tier of(String name, double expected, double measured, List<Point> points) {
    boolean holds = expected == 0 || Math.abs(measured / expected - 1) <= TOLERANCE;
    return new Tier(name, expected, measured, holds, List.copyOf(points));
  }
}
