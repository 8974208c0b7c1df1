package io.atoll.modes.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a ledger, again and again, that another process may be writing. One thread at a time, and
 * not a loop's.
 */
public final class LedgerReader implements AutoCloseable {

  /** How often it is looked again when both slots are half written. */
  private static final int ATTEMPTS = 100;

  private final LedgerMap map;
  private long[] newest;

  private LedgerReader(LedgerMap map) {
    this.map = map;
  }

  /**
   * Opens a ledger for reading.
   *
   * @throws NoSuchFileException if there is no such file
   * @throws IOException if it is no ledger that this program knows
   */
  public static LedgerReader open(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes != LedgerFormat.FILE_BYTES) {
      throw new IOException(
          file + " has " + bytes + " bytes: a credit ledger has " + LedgerFormat.FILE_BYTES);
    }
    LedgerMap map = LedgerMap.of(file, true);
    if (!map.hasOurHeader()) {
      map.close();
      throw new IOException(
          file + " does not begin as a credit ledger of format " + LedgerFormat.VERSION + " does");
    }
    return new LedgerReader(map);
  }

  /** What was written last, never something older than before; null if no entry is whole. */
  public LedgerEntry read() {
    // A writer that laps the reader can spoil both slots for it, though not time after time; or the
    // newer one after the older has been read.
    long[] latest = null;
    for (int attempt = 0; attempt < ATTEMPTS && latest == null; attempt++) {
      latest = map.latestSlot();
    }
    if (latest != null && (newest == null || latest[0] > newest[0])) {
      newest = latest;
    }
    return newest == null ? null : LedgerFormat.entry(newest);
  }

  @Override
  public void close() {
    map.close();
  }
}
