package io.atoll.modes.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of simulated clients: the rate holds, it is shared fairly, and nobody starves. */
class AdmissionSimulationTest {

  private static final long MIB = Fixture.MIB;
  private static final long SECOND = Fixture.SECOND;
  private static final long SMALL = Metering.thirds(4096);

  /** What was admitted by when, together. */
  private static final class Meter {
    private final Fixture fixture;
    private final List<long[]> grants = new ArrayList<>();
    private long total;

    Meter(Fixture fixture) {
      this.fixture = fixture;
    }

    void granted(long thirds) {
      total += thirds;
      grants.add(new long[] {fixture.loop.monotonicNanos(), total});
    }

    /** Checks every span of ten seconds that begins with a grant: within 2 % and one request. */
    void assertRateHolds(long thirdsPerSecond, long largest, long fromNanos) {
      long span = 10 * SECOND;
      double due = thirdsPerSecond * 10.0;
      long last = grants.getLast()[0];
      int end = 0;
      int checked = 0;
      for (int i = 0; i < grants.size() && grants.get(i)[0] + span <= last; i++) {
        if (grants.get(i)[0] < fromNanos) {
          continue;
        }
        while (end < grants.size() && grants.get(end)[0] <= grants.get(i)[0] + span) {
          end++;
        }
        long granted = grants.get(end - 1)[1] - grants.get(i)[1];
        assertTrue(granted <= due * 1.02 + largest, "over the rate: " + granted + " of " + due);
        assertTrue(granted >= due * 0.98 - largest, "under the rate: " + granted + " of " + due);
        checked++;
      }
      assertTrue(checked > 0, "no span of ten seconds was simulated");
    }
  }

  /** A client that always has so many requests under way: the next begins when one is admitted. */
  private static final class Busy {
    private final Fixture fixture;
    private final Meter meter;
    private final LongSupplier costs;
    private final AdmissionClient client = Fixture.client();
    private long admittedThirds;
    private long admittedRequests;
    private long lastNanos;

    Busy(Fixture fixture, Meter meter, LongSupplier costs) {
      this.fixture = fixture;
      this.meter = meter;
      this.costs = costs;
    }

    Busy begin(int underWay) {
      for (int i = 0; i < underWay; i++) {
        new One().next();
      }
      return this;
    }

    /** Counts from now on: the bucket, full at first, goes to those who come first. */
    void countAnew() {
      admittedThirds = 0;
      admittedRequests = 0;
    }

    private final class One extends AdmissionRequest {
      private long cost;

      void next() {
        cost = costs.getAsLong();
        Admittance answer = fixture.admission.submit(client, this, cost);
        assertTrue(answer != Admittance.FULL);
        if (answer == Admittance.ADMITTED) {
          count();
          fixture.loop.execute(this::next);
        }
      }

      @Override
      protected void admitted() {
        count();
        next();
      }

      private void count() {
        lastNanos = fixture.loop.monotonicNanos();
        admittedThirds += cost;
        admittedRequests++;
        meter.granted(cost);
      }
    }
  }

  private static LongSupplier upTo(long seed, long bytes) {
    SplittableRandom random = new SplittableRandom(seed);
    return () -> Metering.thirds(random.nextLong(4096, bytes + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 256, 4096})
  void everyTenSecondsHaveThePermittedRate(int clients) {
    Fixture fixture = Fixture.provisioned(64 * MIB);
    Meter meter = new Meter(fixture);
    for (int i = 0; i < clients; i++) {
      new Busy(fixture, meter, upTo(i, 128 << 10)).begin(2);
    }
    fixture.runUntil(25 * SECOND);
    meter.assertRateHolds(Metering.thirds(64 * MIB), Metering.thirds(128 << 10), 0);
  }

  /** The least rate there is, with requests that take a second of it each. */
  @Test
  void rateHoldsAtItsLeastToo() {
    Fixture fixture = Fixture.provisioned(MIB);
    Meter meter = new Meter(fixture);
    new Busy(fixture, meter, upTo(1, MIB)).begin(4);
    fixture.runUntil(100 * SECOND);
    meter.assertRateHolds(Metering.thirds(MIB), Metering.thirds(MIB), 0);
  }

  @Test
  void lateLoopIsMadeUpForWithoutGoingOver() {
    Fixture fixture = Fixture.provisioned(64 * MIB);
    Meter meter = new Meter(fixture);
    new Busy(fixture, meter, upTo(1, 64 << 10)).begin(16);
    SplittableRandom random = new SplittableRandom(5);
    for (long at = SECOND / 10; at < 25 * SECOND; at += SECOND / 5) {
      fixture.runUntil(at);
      fixture.loop.stall(random.nextLong(SECOND / 12));
    }
    meter.assertRateHolds(Metering.thirds(64 * MIB), Metering.thirds(64 << 10), 0);
  }

  @Test
  void exhaustedCreditsMeanTheBaseline() {
    Fixture fixture = Fixture.bursting(Fixture.TIB, new Credits(Metering.thirds(500 * MIB), 0));
    Meter meter = new Meter(fixture);
    for (int i = 0; i < 64; i++) {
      new Busy(fixture, meter, upTo(i, MIB)).begin(2);
    }
    // 500 MiB of credits last for ten seconds: 100 are used and 50 earned.
    fixture.runUntil(9 * SECOND);
    assertEquals(900.0, meter.total / 3.0 / MIB, 12);
    fixture.runUntil(60 * SECOND);
    meter.assertRateHolds(Metering.thirds(50 * MIB), Metering.thirds(MIB), 11 * SECOND);
    assertEquals(1000 + 50 * 50, meter.total / 3.0 / MIB, 5);
  }

  @Test
  void thousandsOfClientsHaveFairShares() {
    int clients = 2000;
    Fixture fixture = Fixture.provisioned(1024 * MIB);
    Meter meter = new Meter(fixture);
    List<Busy> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      // Some with large requests, some with the smallest; few under way or many.
      long largest = 4096L << (i % 7);
      all.add(new Busy(fixture, meter, upTo(i, largest)).begin(largest < 65536 ? 64 : 2 + i % 5));
    }
    fixture.runUntil(SECOND);
    all.forEach(Busy::countAnew);
    fixture.runUntil(26 * SECOND);
    double mean = all.stream().mapToLong(each -> each.admittedThirds).average().orElseThrow();
    assertEquals(25 * 1024.0, mean * clients / 3 / MIB, 25);
    for (Busy each : all) {
      assertEquals(1.0, each.admittedThirds / mean, 0.05);
      assertTrue(each.lastNanos > 25 * SECOND, "starved since " + each.lastNanos);
    }
  }

  @Test
  void largestWritesDoNotSlowLookupsBeyondTheirShare() {
    Fixture fixture = Fixture.provisioned(20 * MIB);
    Meter meter = new Meter(fixture);
    long largest = Metering.thirds(Allowance.MAX_REQUEST_BYTES);
    Busy writer = new Busy(fixture, meter, () -> largest).begin(64);
    Busy lookups = new Busy(fixture, meter, () -> SMALL).begin(64);
    fixture.runUntil(60 * SECOND);
    double share = lookups.admittedThirds / (double) meter.total;
    assertEquals(0.5, share, 0.02);
    assertTrue(writer.admittedRequests > 0);
  }

  /** One lookup after the other, a millisecond apart, beside a writer that is never done. */
  @Test
  void serialLookupsGetTheirShareBesideLargeWrites() {
    Fixture fixture = Fixture.provisioned(20 * MIB);
    Meter meter = new Meter(fixture);
    new Busy(fixture, meter, () -> Metering.thirds(MIB)).begin(64);
    AdmissionClient client = Fixture.client();
    long[] lookups = new long[1];
    AdmissionRequest lookup =
        new AdmissionRequest() {
          private void next() {
            if (fixture.admission.submit(client, this, SMALL) == Admittance.ADMITTED) {
              admitted();
            }
          }

          @Override
          protected void admitted() {
            lookups[0]++;
            meter.granted(SMALL);
            fixture.loop.schedule(SECOND / 1000, this::next);
          }
        };
    assertEquals(Admittance.QUEUED, fixture.admission.submit(client, lookup, SMALL));
    fixture.runUntil(20 * SECOND);
    // Its share is 2,560 a second, far more than it asks for; 20 writes a second are in its way.
    assertTrue(lookups[0] > 900 * 20, lookups[0] + " lookups");
    meter.assertRateHolds(Metering.thirds(20 * MIB), Metering.thirds(MIB), 0);
  }

  @Test
  void lightClientWaitsForOneOfTheLargestWritesAtMost() {
    Fixture fixture = Fixture.provisioned(20 * MIB);
    Meter meter = new Meter(fixture);
    long largest = Metering.thirds(MIB);
    for (int i = 0; i < 100; i++) {
      new Busy(fixture, meter, () -> largest).begin(16);
    }
    // A lookup every 200 ms: 20 KiB/s, a tenth of its share.
    AdmissionClient light = Fixture.client();
    long[] waits = new long[2];
    for (int i = 1; i <= 100; i++) {
      fixture.runUntil(i * SECOND / 5);
      long asked = fixture.loop.monotonicNanos();
      AdmissionRequest lookup =
          new AdmissionRequest() {
            @Override
            protected void admitted() {
              waits[0] = Math.max(waits[0], fixture.loop.monotonicNanos() - asked);
              waits[1]++;
            }
          };
      if (fixture.admission.submit(light, lookup, SMALL) == Admittance.ADMITTED) {
        waits[1]++;
      }
    }
    fixture.runUntil(21 * SECOND);
    assertEquals(100, waits[1]);
    long oneWrite = SECOND / 20;
    assertTrue(waits[0] <= oneWrite + SECOND / 500, "waited " + waits[0] + " ns");
  }

  @Test
  void thoseWhoComeAndGoStarveNobody() {
    Fixture fixture = Fixture.provisioned(10 * MIB);
    Meter meter = new Meter(fixture);
    Busy patient = new Busy(fixture, meter, () -> Metering.thirds(64 << 10)).begin(8);
    // Each has one request under way, so that it leaves the queue with every one.
    List<Busy> comers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      comers.add(new Busy(fixture, meter, () -> SMALL).begin(1));
    }
    comers.add(patient);
    fixture.runUntil(SECOND);
    comers.forEach(Busy::countAnew);
    fixture.runUntil(31 * SECOND);
    double mean = comers.stream().mapToLong(each -> each.admittedThirds).average().orElseThrow();
    for (Busy each : comers) {
      assertEquals(1.0, each.admittedThirds / mean, 0.05);
    }
  }
}
