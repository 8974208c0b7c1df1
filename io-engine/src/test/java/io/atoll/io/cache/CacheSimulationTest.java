package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.MutantVolumes;
import org.junit.jupiter.api.Test;

/**
 * Seeded histories, and mutants that break one rule each and must be noticed; {@code
 * -Datoll.sim.seeds} and {@code -Datoll.sim.first} say which seeds.
 */
class CacheSimulationTest {
  private static final int SEEDS = Integer.getInteger("atoll.sim.seeds", 400);
  private static final long FIRST = Long.getLong("atoll.sim.first", 1);
  private static final int MAX_MUTANT_SEEDS = 100;

  @Test
  void whatIsReadIsWhatWasThereWhenTheReadingBegan() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      CacheSimulation.run(seed, LogVolume::open, DataCache::new);
    }
  }

  @Test
  void anIgnoredBirthIsCaught() {
    assertCaught(
        LogVolume::open,
        (volume, loop, memory) ->
            new DataCache(volume, loop, memory) {
              @Override
              boolean matches(int block, long address, long birth) {
                return addressOf(block) == address;
              }
            });
  }

  @Test
  void anIgnoredIdentityIsCaught() {
    assertCaught(
        LogVolume::open,
        (volume, loop, memory) ->
            new DataCache(volume, loop, memory) {
              @Override
              boolean matches(int block, long address, long birth) {
                return isTaken(block);
              }
            });
  }

  @Test
  void aDroppedPinOfAGranuleIsCaught() {
    assertCaught(
        LogVolume::open,
        (volume, loop, memory) ->
            new DataCache(volume, loop, memory) {
              @Override
              public boolean isPinned(int slot) {
                return false;
              }
            });
  }

  @Test
  void fillingInPlaceWhileOthersReadIsCaught() {
    assertCaught(
        LogVolume::open,
        (volume, loop, memory) ->
            new DataCache(volume, loop, memory) {
              @Override
              boolean isShared(int slot) {
                return false;
              }
            });
  }

  @Test
  void aDroppedPinOfBlocksIsCaught() {
    assertCaught(MutantVolumes.droppingPins(), DataCache::new);
  }

  @Test
  void anIgnoredChecksumIsCaught() {
    assertCaught(MutantVolumes.ignoringChecksums(), DataCache::new);
  }

  private static void assertCaught(VolumeWorld.Opener opener, CacheSimulation.Maker maker) {
    for (long seed = 1; seed <= MAX_MUTANT_SEEDS; seed++) {
      try {
        CacheSimulation.run(seed, opener, maker);
      } catch (AssertionError caught) {
        System.out.println("caught by seed " + seed + ": " + caught.getMessage());
        return;
      }
    }
    fail("not caught within " + MAX_MUTANT_SEEDS + " seeds");
  }
}
