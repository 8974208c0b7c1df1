package io.atoll.io.cache;

import io.atoll.io.sim.Mutant;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.MutantVolumes;
import java.util.List;

/** The mutants of the cache, and those of the volume that a reader through the cache meets. */
public final class CacheMutants {
  private static final int MAX_SEEDS = 100;

  private CacheMutants() {}

  public static List<Mutant> all() {
    return List.of(
        cache(
            "ignores a block's birth",
            (volume, loop, memory) ->
                new DataCache(volume, loop, memory) {
                  @Override
                  boolean matches(int block, long address, long birth) {
                    return addressOf(block) == address;
                  }
                }),
        cache(
            "ignores a block's identity",
            (volume, loop, memory) ->
                new DataCache(volume, loop, memory) {
                  @Override
                  boolean matches(int block, long address, long birth) {
                    return isTaken(block);
                  }
                }),
        cache(
            "drops a pin of a granule",
            (volume, loop, memory) ->
                new DataCache(volume, loop, memory) {
                  @Override
                  public boolean isPinned(int slot) {
                    return false;
                  }
                }),
        cache(
            "fills in place while others read",
            (volume, loop, memory) ->
                new DataCache(volume, loop, memory) {
                  @Override
                  boolean isShared(int slot) {
                    return false;
                  }
                }),
        volume("drops a pin of blocks", MutantVolumes.droppingPins()),
        volume("ignores the checksum of a block", MutantVolumes.ignoringChecksums()));
  }

  private static Mutant cache(String broken, CacheSimulation.Maker maker) {
    return of(broken, LogVolume::open, maker);
  }

  private static Mutant volume(String broken, VolumeWorld.Opener opener) {
    return of(broken, opener, DataCache::new);
  }

  private static Mutant of(String broken, VolumeWorld.Opener opener, CacheSimulation.Maker maker) {
    return new Mutant("cache", broken, MAX_SEEDS, seed -> CacheSimulation.run(seed, opener, maker));
  }
}
