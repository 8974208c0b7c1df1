package io.atoll.modes.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.ChildProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes without a pause is watched by this one, and killed with SIGKILL. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KilledWriterTest {

  private static final int KILLS = 4;
  private static final int ENTRIES_BEFORE_KILL = 5000;

  @TempDir Path directory;

  @Test
  void everyReaderAndEveryRestartFindsAWholeEntry() throws Exception {
    Path file = directory.resolve("credits");
    CreditLedger.create(file, LedgerEntries.FILE_SYSTEM, LedgerEntries.numbered(1)).close();
    long last = 1;
    for (int kill = 0; kill < KILLS; kill++) {
      Process writer = ChildProcess.start(LedgerWriterProcess.class, file.toString());
      long seen = last;
      try (LedgerReader reader = LedgerReader.open(file)) {
        while (seen < last + ENTRIES_BEFORE_KILL) {
          assertTrue(writer.isAlive(), "the writer ended by itself");
          LedgerEntry entry = reader.read();
          assertNotNull(entry, "no whole entry while it is written");
          long number = LedgerEntries.numberOf(entry);
          assertTrue(number >= seen, "went back from " + seen + " to " + number);
          seen = number;
        }
      } finally {
        writer.destroyForcibly();
      }
      assertEquals(ChildProcess.SIGKILL_EXIT, writer.waitFor());
      LedgerOpening.Opened opened =
          assertInstanceOf(
              LedgerOpening.Opened.class, CreditLedger.open(file, LedgerEntries.FILE_SYSTEM));
      opened.ledger().close();
      last = LedgerEntries.numberOf(opened.last());
      assertTrue(last >= seen, "read " + seen + " before the kill, and " + last + " after it");
    }
  }
}
