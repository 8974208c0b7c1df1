package io.atoll.modes.rate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.meter.Metering;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the table of EFS's user guide. */
class BurstingRatesTest {

  private static final double MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;
  private static final int MINUTES_PER_DAY = 24 * 60;

  @ParameterizedTest
  @CsvSource({
    "10, 0.5, 100, 7.2",
    "256, 12.5, 100, 180",
    "512, 25, 100, 360",
    "1024, 50, 100, 720",
    "1536, 75, 150, 720",
    "2048, 100, 200, 720",
    "3072, 150, 300, 720",
    "4096, 200, 400, 720"
  })
  void ratesAreThoseThatArePublished(
      long gibibytes, double baselineMibps, double burstMibps, double burstMinutesPerDay) {
    BurstingRates rates = BurstingRates.ofSize(gibibytes * GIB);
    // The guide rounds to a decimal of a MiB, and goes on with what it has rounded.
    double baseline = Math.round(mibps(rates.baselineThirdsPerSecond()) * 10) / 10.0;
    assertEquals(baselineMibps, baseline);
    assertEquals(burstMibps, mibps(rates.burstThirdsPerSecond()));
    assertEquals(
        burstMinutesPerDay, MINUTES_PER_DAY * baseline / mibps(rates.burstThirdsPerSecond()), 1e-9);
  }

  private static double mibps(long thirds) {
    return thirds / 3.0 / MIB;
  }

  @Test
  void baselineIsExactWhereItIsWhole() {
    assertEquals(Metering.thirds(50L << 10), BurstingRates.ofSize(GIB).baselineThirdsPerSecond());
    assertEquals(Metering.thirds(50L << 20), BurstingRates.ofSize(TIB).baselineThirdsPerSecond());
  }

  @Test
  void withoutCreditsAtLeastAMebibyteIsPermitted() {
    assertEquals(1, mibps(BurstingRates.ofSize(0).exhaustedThirdsPerSecond()));
    assertEquals(1, mibps(BurstingRates.ofSize(20 * GIB).exhaustedThirdsPerSecond()));
    assertEquals(50, mibps(BurstingRates.ofSize(TIB).exhaustedThirdsPerSecond()));
  }

  @Test
  void creditsAreCappedAtTwoPointOneTebibytesForEach() {
    long initial = Metering.thirds(BurstingRates.INITIAL_CREDIT_BYTES);
    assertEquals(initial, Credits.INITIAL.thirds());
    assertEquals(initial, BurstingRates.ofSize(0).creditCapThirds());
    assertEquals(initial, BurstingRates.ofSize(TIB).creditCapThirds());
    assertEquals(Metering.thirds(21 * TIB), BurstingRates.ofSize(10 * TIB).creditCapThirds());
  }

  @Test
  void oneTebibyteCanBurstForTwelveHoursAtFirst() {
    BurstingRates rates = BurstingRates.ofSize(TIB);
    long seconds =
        BurstingRates.secondsUntilExhausted(
            Credits.INITIAL.thirds(),
            rates.baselineThirdsPerSecond(),
            rates.burstThirdsPerSecond());
    assertEquals(12.2, seconds / 3600.0, 0.05);
  }

  @Test
  void creditsLastForEverAtTheBaseline() {
    assertEquals(Long.MAX_VALUE, BurstingRates.secondsUntilExhausted(5, 7, 7));
    assertEquals(0, BurstingRates.secondsUntilExhausted(-5, 7, 8));
  }

  @Test
  void greatestSizeDoesNotOverflow() {
    BurstingRates rates = BurstingRates.ofSize(Long.MAX_VALUE);
    assertTrue(rates.baselineThirdsPerSecond() <= FluidLevel.MAX_RATE);
    assertEquals(rates.baselineThirdsPerSecond() * 2, rates.burstThirdsPerSecond());
    assertTrue(rates.creditCapThirds() > BurstingRates.ofSize(1L << 54).creditCapThirds());
    assertThrows(IllegalArgumentException.class, () -> BurstingRates.ofSize(-1));
  }
}
