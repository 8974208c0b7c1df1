package io.atoll.modes.admission;

import io.atoll.io.sim.SimLoop;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** An admission on a simulated loop, with provisioned throughput or credits. */
final class Fixture {

  static final long MIB = 1L << 20;
  static final long TIB = 1L << 40;
  static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  static final ThroughputLimits LIMITS = new ThroughputLimits(64L << 30, 64L << 30, 0);

  final SimLoop loop = new SimLoop(new SplittableRandom(1));
  final Admission admission;

  private Fixture(
      ThroughputSettings settings, long sizeBytes, Credits credits, AdmissionLimits limits) {
    admission =
        new Admission(
            loop,
            new Allowance(LIMITS, settings, sizeBytes, credits, loop.monotonicNanos()),
            limits);
  }

  static Fixture provisioned(long bytesPerSecond) {
    return provisioned(bytesPerSecond, AdmissionLimits.DEFAULT);
  }

  static Fixture provisioned(long bytesPerSecond, AdmissionLimits limits) {
    return new Fixture(ThroughputSettings.provisioned(bytesPerSecond), 0, Credits.NONE, limits);
  }

  static Fixture bursting(long sizeBytes, Credits credits) {
    return new Fixture(ThroughputSettings.BURSTING, sizeBytes, credits, AdmissionLimits.DEFAULT);
  }

  /** Lets simulated time come to {@code nanos}. */
  void runUntil(long nanos) {
    boolean[] reached = new boolean[1];
    loop.schedule(nanos - loop.monotonicNanos(), () -> reached[0] = true);
    loop.runUntil(() -> reached[0], Integer.MAX_VALUE);
  }

  /** A client whose sockets nobody looks at. */
  static AdmissionClient client() {
    return new AdmissionClient(open -> {});
  }
}
