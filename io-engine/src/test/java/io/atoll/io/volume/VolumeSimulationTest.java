package io.atoll.io.volume;

import io.atoll.io.sim.VolumeSimulation;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Seeded histories of a volume; {@code -Datoll.sim.seeds} and {@code -Datoll.sim.first} say which.
 */
class VolumeSimulationTest {

  private static final long FIRST = Long.getLong("atoll.sim.first", 1);
  private static final int SEEDS = Integer.getInteger("atoll.sim.seeds", 2000);
  private static final int FULL_SEEDS = Integer.getInteger("atoll.sim.seeds", 100_000);
  private static final int REPORT_SEEDS = 2_000;

  /** Seeds of a volume that knows that its disk redirects overwrites. */
  private static final int REDIRECTED_SEEDS = 50;

  /** Seeds of a volume whose process is killed in the midst of writing, again and again. */
  private static final int KILLED_SEEDS = 300;

  @Test
  void crashesAndFaultsLoseNothingThatWasAcknowledged() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      VolumeSimulation.run(seed);
    }
  }

  @Test
  void overwritesMayBeRedirectedIfTheVolumeKnows() {
    for (long seed = FIRST; seed < FIRST + REDIRECTED_SEEDS; seed++) {
      VolumeSimulation.run(seed, MutantVolumes.redirecting(false));
    }
  }

  @Test
  void writesThatOutliveTheirProcessHarmNothing() {
    for (long seed = FIRST; seed < FIRST + KILLED_SEEDS; seed++) {
      VolumeSimulation.runKills(seed, LogVolume::open);
    }
  }

  @Test
  @Tag("full")
  void aHundredThousandHistoriesLoseNothing() {
    long began = System.nanoTime();
    for (int i = 1; i <= FULL_SEEDS; i++) {
      VolumeSimulation.run(FIRST + i - 1);
      if (i % REPORT_SEEDS == 0 || i == FULL_SEEDS) {
        double seconds = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
        System.out.printf(
            "volume: %d seeds from %d without a violation, %.0f seeds/s%n", i, FIRST, i / seconds);
      }
    }
  }
}
