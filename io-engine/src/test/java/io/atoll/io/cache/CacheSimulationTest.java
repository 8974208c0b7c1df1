package io.atoll.io.cache;

import io.atoll.io.volume.LogVolume;
import org.junit.jupiter.api.Test;

/** Seeded histories; {@code -Datoll.sim.seeds} and {@code -Datoll.sim.first} say which. */
class CacheSimulationTest {
  private static final int SEEDS = Integer.getInteger("atoll.sim.seeds", 400);
  private static final long FIRST = Long.getLong("atoll.sim.first", 1);

  @Test
  void whatIsReadIsWhatWasThereWhenTheReadingBegan() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      CacheSimulation.run(seed, LogVolume::open, DataCache::new);
    }
  }
}
