package io.atoll.modes.ledger;

import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.UUID;

/** Entries for tests, each different in every field. */
final class LedgerEntries {

  static final UUID FILE_SYSTEM = new UUID(0x1122, 0x3344);

  private LedgerEntries() {}

  static LedgerEntry numbered(long number) {
    return new LedgerEntry(
        new LedgerTime(number, number + 1, new UUID(number + 2, number + 3)),
        new Credits(-number, 999_999),
        ThroughputSettings.provisioned(number + 4),
        number + 5,
        number + 6,
        number + 7,
        number + 8,
        number + 9);
  }

  /** The number of an entry that {@link #numbered} made; it must be whole. */
  static long numberOf(LedgerEntry entry) {
    long number = entry.time().wallNanos();
    if (!entry.equals(numbered(number))) {
      throw new AssertionError("parts of several entries: " + entry);
    }
    return number;
  }
}
