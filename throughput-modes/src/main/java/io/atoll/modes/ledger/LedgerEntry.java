package io.atoll.modes.ledger;

import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputSettings;

/**
 * What the ledger keeps of a file system, at one moment.
 *
 * @param time that moment
 * @param credits exactly
 * @param settings throughput mode and provisioned rate
 * @param secondsSinceRestrictedChange since the last change that others must wait after, or {@link
 *     io.atoll.modes.rate.ModeControl#NEVER}
 * @param meteredBytes the file system's size, as storage is metered
 * @param permittedThirdsPerSecond what was permitted, for those who watch
 * @param admittedThirds what has been admitted since the file system was opened, for those who
 *     watch
 * @param queuedRequests how many requests waited, for those who watch
 */
public record LedgerEntry(
    LedgerTime time,
    Credits credits,
    ThroughputSettings settings,
    long secondsSinceRestrictedChange,
    long meteredBytes,
    long permittedThirdsPerSecond,
    long admittedThirds,
    long queuedRequests) {

  /** The same with other credits. */
  public LedgerEntry withCredits(Credits other) {
    return new LedgerEntry(
        time,
        other,
        settings,
        secondsSinceRestrictedChange,
        meteredBytes,
        permittedThirdsPerSecond,
        admittedThirds,
        queuedRequests);
  }
}
