package io.atoll.perf.tiers;

import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionClient;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The admission and the credits of a node, the same code, by a clock that runs ahead: a file system
 * of 1 TiB under bursting throughput, whose client writes as fast as it may, rests for half a day,
 * and writes again. Only the clock and the client are simulated; there is no disk and no network.
 */
final class SimulatedDays {
  private static final long TIB = 1L << 40;
  private static final long REQUEST_THIRDS = Metering.thirds(4L << 20);
  private static final long STEP_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int STEPS_OF_WRITING = 96;
  private static final int STEPS_OF_REST = 72;

  private final SimulatedLoop loop = new SimulatedLoop();
  private final Admission admission =
      new Admission(
          loop,
          new Allowance(
              ThroughputLimits.DEFAULT,
              ThroughputSettings.BURSTING,
              TIB,
              Credits.INITIAL,
              loop.monotonicNanos()),
          AdmissionLimits.DEFAULT);
  private final AdmissionClient client = new AdmissionClient(open -> {});
  private final List<Point> points = new ArrayList<>();
  private final long beginNanos = loop.monotonicNanos();
  private boolean writing;

  private final AdmissionRequest request =
      new AdmissionRequest() {
        @Override
        protected void admitted() {
          ask();
        }
      };

  private void ask() {
    while (writing) {
      if (admission.submit(client, request, REQUEST_THIRDS) != Admittance.ADMITTED) {
        return;
      }
    }
  }

  /** What a greedy client sees; it is permitted the baseline when its credits are gone. */
  Tier run() {
    write();
    double exhausted = points.getLast().usedBytesPerSecond();
    writing = false;
    steps(STEPS_OF_REST);
    write();
    double baseline = 50.0 * (1 << 10) * (TIB >> 30);
    return Tier.of(
        "bursting, 1 TiB, by a simulated clock: credits burn down, the rate falls to the baseline,"
            + " recovers after 12 hours of rest",
        baseline,
        exhausted,
        points);
  }

  private void write() {
    writing = true;
    if (!request.isWaiting()) {
      ask();
    }
    steps(STEPS_OF_WRITING);
  }

  private void steps(int count) {
    for (int i = 0; i < count; i++) {
      long before = admission.admittedThirds();
      loop.runUntil(loop.monotonicNanos() + STEP_NANOS);
      Allowance now = admission.allowance();
      double seconds = (double) TimeUnit.NANOSECONDS.toSeconds(loop.monotonicNanos() - beginNanos);
      points.add(
          new Point(
              seconds,
              (double) Metering.bytes(admission.admittedThirds() - before)
                  / TimeUnit.NANOSECONDS.toSeconds(STEP_NANOS),
              (double) Metering.bytes(now.permittedThirdsPerSecond()),
              (double) now.credits().balanceBytes()));
    }
  }
}
