package io.atoll.io.cache;

import io.atoll.io.volume.LogVolume;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seeded histories; {@code -Datoll.sim.seeds} and {@code -Datoll.sim.first} say which. */
class CacheSimulationTest {
  private static final int SEEDS = Integer.getInteger("atoll.sim.seeds", 400);
  private static final int FULL_SEEDS = Integer.getInteger("atoll.sim.seeds", 10_000);
  private static final long FIRST = Long.getLong("atoll.sim.first", 1);

  @Test
  void whatIsReadIsWhatWasThereWhenTheReadingBegan() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      CacheSimulation.run(seed, LogVolume::open, DataCache::new);
    }
  }

  @Test
  @Tag("full")
  void whatIsReadIsWhatWasThereInTenThousandHistories() {
    long began = System.nanoTime();
    for (long seed = FIRST; seed < FIRST + FULL_SEEDS; seed++) {
      CacheSimulation.run(seed, LogVolume::open, DataCache::new);
    }
    double seconds = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
    System.out.printf(
        "cache: %d seeds from %d without a violation, %.1f seeds/s%n",
        FULL_SEEDS, FIRST, FULL_SEEDS / seconds);
  }
}
