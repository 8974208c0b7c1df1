package io.atoll.io.volume;

import io.atoll.io.sim.VolumeSimulation;
import org.junit.jupiter.api.Test;

/**
 * Thousands of seeded histories; {@code -Datoll.sim.seeds} and {@code -Datoll.sim.first} say which.
 */
class VolumeSimulationTest {

  private static final int SEEDS = Integer.getInteger("atoll.sim.seeds", 2000);
  private static final long FIRST = Long.getLong("atoll.sim.first", 1);

  @Test
  void crashesLoseNothingThatWasAcknowledged() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      VolumeSimulation.run(seed);
    }
  }
}
