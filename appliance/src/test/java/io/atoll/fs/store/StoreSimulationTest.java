package io.atoll.fs.store;

import io.atoll.io.volume.LogVolume;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seeded histories; {@code -Datoll.seeds} and {@code -Datoll.seed} say which. */
class StoreSimulationTest {
  private static final int SEEDS = Integer.getInteger("atoll.seeds", 150);
  private static final int FULL_SEEDS = Integer.getInteger("atoll.seeds", 10_000);
  private static final long FIRST_SEED = Long.getLong("atoll.seed", 1);
  private static final int REPORT_SEEDS = 1000;

  @Test
  void toldOperationsSurviveAnyEnd() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      StoreSimulation.run(seed);
    }
  }

  @Test
  void whatIsCutStaysCutWhereverThePowerFails() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      TruncationHistory.run(seed, new StoreParts());
    }
  }

  @Test
  void whatWasRemovedComesToBeFreeWhereverThePowerFails() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      RemovalHistory.run(seed, new StoreParts());
    }
  }

  @Test
  void whoReadsIsGivenWhatWasThereThoughItsBlocksAreWrittenAgain() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      ReadingHistory.run(seed, LogVolume::open);
    }
  }

  @Test
  @Tag("full")
  void toldOperationsSurviveAnyEndInTenThousandHistories() {
    long began = System.nanoTime();
    for (int i = 1; i <= FULL_SEEDS; i++) {
      StoreSimulation.run(FIRST_SEED + i - 1);
      if (i % REPORT_SEEDS == 0 || i == FULL_SEEDS) {
        double seconds = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
        System.out.printf(
            "store: %d seeds from %d without a violation, %.1f seeds/s%n",
            i, FIRST_SEED, i / seconds);
      }
    }
  }
}
