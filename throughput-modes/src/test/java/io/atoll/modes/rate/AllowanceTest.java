package io.atoll.modes.rate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.meter.Metering;
import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AllowanceTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;
  private static final int SEEDS = 2000;
  private static final int STEPS = 60;

  private static Allowance bursting(long sizeBytes, Credits credits) {
    return new Allowance(
        ThroughputLimits.DEFAULT, ThroughputSettings.BURSTING, sizeBytes, credits, 0);
  }

  @Test
  void idleFileSystemEarnsItsBaseline() {
    Allowance allowance = bursting(GIB, Credits.NONE);
    allowance.advance(SECOND);
    assertEquals(50 << 10, allowance.credits().balanceBytes());
    allowance.advance(3600 * SECOND);
    assertEquals(3600L * (50 << 10), allowance.credits().balanceBytes());
  }

  @Test
  void creditsStopAtTheirCap() {
    Allowance allowance = bursting(TIB, Credits.INITIAL);
    allowance.advance(1_000_000 * SECOND);
    assertEquals(BurstingRates.INITIAL_CREDIT_BYTES, allowance.credits().balanceBytes());
    assertEquals(BurstingRates.INITIAL_CREDIT_BYTES, allowance.creditCapBytes());
  }

  /** EFS's table: 256 GiB burst for 180 minutes a day, and have at its end what they began with. */
  @Test
  void dayOfPublishedBurstMinutesUsesWhatTheDayEarns() {
    Credits before = new Credits(Metering.thirds(TIB), 0);
    Allowance allowance = bursting(256 * GIB, before);
    long burstSeconds = TimeUnit.MINUTES.toSeconds(180);
    for (long second = 1; second <= burstSeconds; second++) {
      allowance.advance(second * SECOND);
      for (int i = 0; i < 100; i++) {
        allowance.take(Metering.thirds(MIB));
      }
    }
    allowance.advance(TimeUnit.DAYS.toNanos(1));
    assertEquals(before, allowance.credits());
  }

  /** The balance is a sum of fractions of thirds; a reckoning with whole fractions agrees. */
  @Test
  void nothingIsLostToRounding() {
    long size = 123_456_789_012L;
    Allowance allowance = bursting(size, Credits.NONE);
    long rate = BurstingRates.ofSize(size).baselineThirdsPerSecond();
    long now = 0;
    for (int i = 0; i < 100_000; i++) {
      now += 7_919; // Never a whole number of microseconds.
      allowance.advance(now);
    }
    BigInteger millionths = BigInteger.valueOf(rate).multiply(BigInteger.valueOf(now / 1000));
    BigInteger[] whole = millionths.divideAndRemainder(BigInteger.valueOf(1_000_000));
    assertEquals(
        new Credits(whole[0].longValueExact(), whole[1].intValueExact()), allowance.credits());
  }

  @Test
  void rateFallsToTheBaselineWithoutCreditsAndRisesWithThem() {
    Allowance allowance = bursting(TIB, new Credits(Metering.thirds(MIB), 0));
    assertEquals(Metering.thirds(100 * MIB), allowance.permittedThirdsPerSecond());
    allowance.take(Metering.thirds(2 * MIB));
    assertEquals(Metering.thirds(50 * MIB), allowance.permittedThirdsPerSecond());
    assertEquals(0, allowance.credits().balanceBytes());
    allowance.advance(SECOND / 50);
    assertEquals(Metering.thirds(50 * MIB), allowance.permittedThirdsPerSecond());
    allowance.advance(SECOND / 50 + 1000);
    assertEquals(Metering.thirds(100 * MIB), allowance.permittedThirdsPerSecond());
  }

  @Test
  void splittingTimeChangesNothing() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SplittableRandom splits = new SplittableRandom(~seed);
      Credits start = new Credits(random.nextLong(Metering.thirds(64 * MIB)), 17);
      long size = random.nextLong(4 * TIB);
      Allowance whole = bursting(size, start);
      Allowance split = bursting(size, start);
      long now = 0;
      for (int step = 0; step < STEPS; step++) {
        long next = now + random.nextLong(1, SECOND);
        for (long at = now; at < next; at += splits.nextLong(1, SECOND / 3)) {
          split.advance(at);
        }
        now = next;
        whole.advance(now);
        split.advance(now);
        assertEquals(whole.credits(), split.credits(), "seed " + seed);
        assertEquals(whole.isOpen(), split.isOpen(), "seed " + seed);
        assertEquals(whole.nanosUntilOpen(), split.nanosUntilOpen(), "seed " + seed);
        assertEquals(
            whole.permittedThirdsPerSecond(), split.permittedThirdsPerSecond(), "seed " + seed);
        long number = random.nextLong();
        change(whole, number, now);
        change(split, number, now);
      }
    }
  }

  /** Does something to an allowance that only the number decides about. */
  private static void change(Allowance allowance, long number, long now) {
    SplittableRandom random = new SplittableRandom(number);
    switch (random.nextInt(8)) {
      case 0 -> allowance.remeter(random.nextLong(4 * TIB), now);
      case 1 ->
          allowance.change(ThroughputSettings.provisioned(random.nextLong(MIB, 200 * MIB)), now);
      case 2 -> allowance.change(ThroughputSettings.BURSTING, now);
      case 3 -> allowance.giveBack(random.nextLong(Metering.thirds(MIB)));
      default -> {
        while (allowance.isOpen()) {
          allowance.take(random.nextLong(1, Metering.thirds(Allowance.MAX_REQUEST_BYTES)));
        }
      }
    }
  }

  @Test
  void creditsAreNeverNegativeNorOverTheCap() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Allowance allowance = bursting(random.nextLong(8 * TIB), Credits.INITIAL);
      long now = 0;
      for (int step = 0; step < STEPS; step++) {
        now += random.nextLong(1, random.nextBoolean() ? SECOND : 100_000 * SECOND);
        allowance.advance(now);
        change(allowance, random.nextLong(), now);
        long balance = allowance.credits().balanceBytes();
        assertTrue(balance >= 0, "seed " + seed + ": " + balance);
        assertTrue(balance <= allowance.creditCapBytes(), "seed " + seed + ": " + balance);
      }
    }
  }

  /** The floor is more than the baseline here: what it lends must not be owed without a bound. */
  @Test
  void smallFileSystemDoesNotSinkIntoDebtAtItsFloor() {
    Allowance allowance = bursting(10 * GIB, Credits.NONE);
    long now = 0;
    for (int i = 0; i < 100_000; i++) {
      now += allowance.nanosUntilOpen();
      allowance.advance(now);
      allowance.take(Metering.thirds(MIB));
      assertEquals(Metering.thirds(MIB), allowance.permittedThirdsPerSecond());
    }
    assertEquals(100_000, now / (double) SECOND, 2);
    allowance.advance(now + 20 * SECOND);
    assertTrue(allowance.credits().balanceBytes() > 0);
  }

  /**
   * Large requests among small ones, at zero credits: cutting the balance off at zero would let the
   * small ones go at the burst rate.
   */
  @Test
  void noMixOfRequestsGetsMoreThanTheBaselineWithoutCredits() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Allowance allowance = bursting(TIB, Credits.NONE);
      long now = 0;
      long taken = 0;
      while (now < 60 * SECOND) {
        now += random.nextInt(20) == 0 ? random.nextLong(SECOND) : allowance.nanosUntilOpen();
        allowance.advance(now);
        while (allowance.isOpen() && random.nextInt(10) > 0) {
          long thirds = Metering.thirds(random.nextBoolean() ? 4096 : random.nextLong(4 * MIB) + 1);
          allowance.take(thirds);
          taken += thirds;
        }
        long permitted = Metering.thirds(50 * MIB) / 1000 * (now / 1_000_000 + 1);
        long atOnce = Metering.thirds(10 * MIB + Allowance.MAX_REQUEST_BYTES);
        assertTrue(taken <= permitted + atOnce, "seed " + seed + " at " + now + " ns: " + taken);
      }
    }
  }

  @Test
  void provisionedRateHoldsWithoutCredits() {
    Allowance allowance =
        new Allowance(
            ThroughputLimits.DEFAULT,
            ThroughputSettings.provisioned(64 * MIB),
            GIB,
            Credits.INITIAL,
            0);
    allowance.take(Metering.thirds(4 * MIB));
    allowance.advance(1000 * SECOND);
    assertEquals(Credits.INITIAL, allowance.credits());
    assertEquals(Metering.thirds(64 * MIB), allowance.permittedThirdsPerSecond());
    assertFalse(allowance.isBursting());
  }

  @Test
  void baselineAboveTheProvisionedRateMeansBurstingRules() {
    Allowance allowance =
        new Allowance(
            ThroughputLimits.DEFAULT,
            ThroughputSettings.provisioned(40 * MIB),
            TIB,
            Credits.INITIAL,
            0);
    assertTrue(allowance.isBursting());
    assertEquals(Metering.thirds(100 * MIB), allowance.permittedThirdsPerSecond());
    allowance.remeter(TIB / 2, SECOND);
    assertFalse(allowance.isBursting());
    assertEquals(Metering.thirds(40 * MIB), allowance.permittedThirdsPerSecond());
  }

  @Test
  void elasticGivesWhatTheNodeHas() {
    ThroughputLimits limits = new ThroughputLimits(200 * MIB, 300 * MIB, 0);
    Allowance allowance =
        new Allowance(limits, ThroughputSettings.ELASTIC, GIB, Credits.INITIAL, 0);
    assertEquals(Metering.thirds(200 * MIB), allowance.permittedThirdsPerSecond());
    allowance.change(ThroughputSettings.BURSTING, SECOND);
    assertEquals(Metering.thirds(100 * MIB), allowance.permittedThirdsPerSecond());
  }

  @Test
  void shrinkingCutsCreditsToTheNewCap() {
    long much = Metering.thirds(10 * TIB);
    Allowance allowance = bursting(10 * TIB, new Credits(much, 0));
    allowance.remeter(TIB, 0);
    assertEquals(BurstingRates.INITIAL_CREDIT_BYTES, allowance.credits().balanceBytes());
  }

  @Test
  void clockThatStandsOrGoesBackEarnsNothing() {
    Allowance allowance = bursting(TIB, Credits.NONE);
    allowance.advance(SECOND);
    Credits before = allowance.credits();
    allowance.advance(SECOND - 1);
    allowance.advance(-5 * SECOND);
    assertEquals(before, allowance.credits());
  }

  @Test
  void whatWasNotMovedIsGivenBack() {
    Allowance allowance = bursting(TIB, new Credits(Metering.thirds(GIB), 0));
    allowance.take(Metering.thirds(4 * MIB));
    allowance.giveBack(Metering.thirds(3 * MIB));
    assertEquals(GIB - MIB, allowance.credits().balanceBytes());
  }
}
