package io.atoll.modes.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes without a pause is watched by this one, and killed with SIGKILL. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KilledWriterTest {

  private static final int KILLS = 4;
  private static final int ENTRIES_BEFORE_KILL = 5000;
  private static final int SIGKILL_EXIT = 128 + 9;

  @TempDir Path directory;

  @Test
  void everyReaderAndEveryRestartFindsAWholeEntry() throws Exception {
    Path file = directory.resolve("credits");
    CreditLedger.create(file, LedgerEntries.FILE_SYSTEM, LedgerEntries.numbered(1)).close();
    long last = 1;
    for (int kill = 0; kill < KILLS; kill++) {
      Process writer = startWriter(file);
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
      assertEquals(SIGKILL_EXIT, writer.waitFor());
      LedgerOpening.Opened opened =
          assertInstanceOf(
              LedgerOpening.Opened.class, CreditLedger.open(file, LedgerEntries.FILE_SYSTEM));
      opened.ledger().close();
      last = LedgerEntries.numberOf(opened.last());
      assertTrue(last >= seen, "read " + seen + " before the kill, and " + last + " after it");
    }
  }

  private static Process startWriter(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--") || flag.equals("-ea") || flag.startsWith("-Dchronicle")) {
        command.add(flag);
      }
    }
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            LedgerWriterProcess.class.getName(),
            file.toString()));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
