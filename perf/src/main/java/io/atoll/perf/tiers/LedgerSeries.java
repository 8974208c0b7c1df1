package io.atoll.perf.tiers;

import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerReader;
import io.atoll.modes.meter.Metering;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at a running node's ledger, as {@code atoll top} does: an entry has its own time, so that
 * rates between two entries are exact. For one thread.
 */
final class LedgerSeries {
  private static final long LOOK_MILLIS = 100;
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Path ledger;
  private final long beginNanos = System.nanoTime();
  private final List<Point> points = new ArrayList<>();

  LedgerSeries(Path ledger) {
    this.ledger = ledger;
  }

  /**
   * Looks for so long.
   *
   * @param settleSeconds of these, at the begin, that are not measured
   */
  Tier watch(String name, double expectedBytesPerSecond, double settleSeconds, double seconds)
      throws IOException, InterruptedException {
    int first = points.size();
    LedgerEntry before = null;
    LedgerEntry settled = null;
    long beganNanos = System.nanoTime();
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      while (secondsSince(beganNanos) < seconds) {
        LedgerEntry now = reader.read();
        if (now != null && (before == null || isLater(now, before))) {
          if (before != null) {
            points.add(point(before, now));
          }
          before = now;
          if (settled == null && secondsSince(beganNanos) >= settleSeconds) {
            settled = now;
          }
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    double measured = settled == null ? 0 : rate(settled, before);
    return Tier.of(name, expectedBytesPerSecond, measured, points.subList(first, points.size()));
  }

  /**
   * Waits until so much is admitted beside what came before: a little of it is names that a client
   * may ask for in a grace period, too.
   *
   * @param bytes as they are metered
   * @param check run at each look; throws if waiting is in vain
   * @return false if that was not so in so long
   */
  boolean awaitAdmission(long bytes, double seconds, Runnable check)
      throws IOException, InterruptedException {
    long beganNanos = System.nanoTime();
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      LedgerEntry first = null;
      while (secondsSince(beganNanos) < seconds) {
        check.run();
        LedgerEntry now = reader.read();
        first = first == null ? now : first;
        if (now != null && Metering.bytes(now.admittedThirds() - first.admittedThirds()) >= bytes) {
          return true;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    return false;
  }

  /** Waits until there are no credits; false if there are some after so long. */
  boolean awaitCreditsSpent(double seconds) throws IOException, InterruptedException {
    long beganNanos = System.nanoTime();
    try (LedgerReader reader = LedgerReader.open(ledger)) {
      while (secondsSince(beganNanos) < seconds) {
        LedgerEntry now = reader.read();
        if (now != null && now.credits().thirds() <= 0) {
          return true;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    return false;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_SECOND;
  }

  private static boolean isLater(LedgerEntry now, LedgerEntry before) {
    return now.time().monotonicNanos() > before.time().monotonicNanos();
  }

  private Point point(LedgerEntry before, LedgerEntry now) {
    return new Point(
        (now.time().monotonicNanos() - beginNanos) / NANOS_PER_SECOND,
        rate(before, now),
        (double) Metering.bytes(now.permittedThirdsPerSecond()),
        (double) now.credits().balanceBytes());
  }

  private static double rate(LedgerEntry from, LedgerEntry to) {
    double seconds = (to.time().monotonicNanos() - from.time().monotonicNanos()) / NANOS_PER_SECOND;
    double bytes = (double) Metering.bytes(to.admittedThirds() - from.admittedThirds());
    return seconds <= 0 ? 0 : bytes / seconds;
  }
}
