package io.atoll.io.volume;

import io.atoll.io.sim.Mutant;
import io.atoll.io.sim.VolumeSimulation;
import io.atoll.io.sim.VolumeWorld;
import java.util.List;

/** The mutants of the volume. */
public final class VolumeMutants {
  private static final int MAX_SEEDS = 100;

  private VolumeMutants() {}

  public static List<Mutant> all() {
    return List.of(
        log("skips the flush of a log write", LyingDisk.Lie.LOG_FLUSH_SKIPPED),
        log("acknowledges before the log write is done", LyingDisk.Lie.LOG_COMPLETES_EARLY),
        log("takes a sync that failed for one that did not", LyingDisk.Lie.FAILED_SYNC_IGNORED),
        log("tries a sync again that failed", LyingDisk.Lie.FAILED_SYNC_RETRIED),
        log("skips the sync of unwritten space", LyingDisk.Lie.SYNC_OF_EXTENTS_SKIPPED),
        of("log", "cuts the log ahead of the index", MutantVolumes.cuttingLogEarly()),
        new Mutant(
            "log",
            "opens under a dead process's writes",
            MAX_SEEDS,
            seed -> VolumeSimulation.runKills(seed, MutantVolumes.openingAtOnce())),
        of("log", "accepts a torn group", MutantVolumes.acceptingTornGroups()),
        of("log", "keeps a last group without its data", MutantVolumes.trustingLastGroup()),
        of("space", "reuses blocks before their free is durable", MutantVolumes.reusingEarly()),
        of("space", "drops a pin of blocks", MutantVolumes.droppingPins()),
        of("space", "ignores the checksum of a block", MutantVolumes.ignoringChecksums()),
        of(
            "space",
            "relies on the log's flush where overwrites are redirected",
            MutantVolumes.redirecting(true)),
        of("space", "takes a unit for written by a part", MutantVolumes.takingPartsForWhole()),
        of(
            "space",
            "frees neighbours across a region's border at once",
            MutantVolumes.freeingAcrossRegions()),
        of("index", "drops the overlay under a read", MutantVolumes.droppingOverlay()),
        punching("punches before the free is durable", MutantVolumes.punchingHastily()),
        punching("punches before the index knows", MutantVolumes.punchingUndurably()),
        punching("takes a hole for written", MutantVolumes.takingHolesForWritten()),
        new Mutant(
            "punching",
            "remembers across a punch what was synced",
            MAX_SEEDS,
            seed -> VolumeSimulation.runTides(seed, MutantVolumes.keepingSyncedUnits())));
  }

  private static Mutant log(String broken, LyingDisk.Lie lie) {
    return of("log", broken, MutantVolumes.lying(lie));
  }

  private static Mutant punching(String broken, VolumeWorld.Opener opener) {
    return new Mutant(
        "punching", broken, MAX_SEEDS, seed -> VolumeSimulation.runPunching(seed, opener));
  }

  private static Mutant of(String part, String broken, VolumeWorld.Opener opener) {
    return new Mutant(part, broken, MAX_SEEDS, seed -> VolumeSimulation.run(seed, opener));
  }
}
