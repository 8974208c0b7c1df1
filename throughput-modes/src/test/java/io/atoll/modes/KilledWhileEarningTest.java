package io.atoll.modes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.ElapsedTime;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerReader;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.BurstingRates;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ModeControl;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that earns credits is killed with SIGKILL, with the real clocks. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KilledWhileEarningTest {

  private static final long TIB = 1L << 40;
  private static final int KILLS = 2;
  private static final int ENTRIES_BEFORE_KILL = 3;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  @TempDir Path directory;

  private static LedgerTime now() throws IOException {
    return new LedgerTime(
        TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
        System.nanoTime(),
        LedgerTime.thisBoot());
  }

  @Test
  void killLosesAtMostASecondOfWhatWasEarned() throws Exception {
    Path file = directory.resolve("credits");
    LedgerTime begin = now();
    CreditLedger.create(
            file,
            EarningProcess.FILE_SYSTEM,
            new LedgerEntry(
                begin, Credits.NONE, ThroughputSettings.BURSTING, ModeControl.NEVER, TIB, 0, 0, 0))
        .close();
    long perSecond = BurstingRates.ofSize(TIB).baselineThirdsPerSecond();
    for (int kill = 0; kill < KILLS; kill++) {
      runAndKill(file);
      Opened opened =
          assertInstanceOf(Opened.class, CreditLedger.open(file, EarningProcess.FILE_SYSTEM));
      opened.ledger().close();
      LedgerTime now = now();
      ElapsedTime since = ElapsedTime.between(opened.last().time(), now);
      Allowance allowance =
          new Allowance(
              ThroughputLimits.DEFAULT,
              opened.last().settings(),
              opened.last().meteredBytes(),
              opened.last().credits(),
              now.monotonicNanos() - since.provenNanos());
      allowance.advance(now.monotonicNanos());
      long micros = (now.monotonicNanos() - begin.monotonicNanos()) / 1000;
      long earned = perSecond / 1000 * (micros / 1000);
      long lost = Metering.bytes(earned - allowance.credits().thirds());
      assertTrue(lost <= Metering.bytes(perSecond), lost + " bytes were lost");
      // Nor is anything invented, but for what microseconds that were begun may give.
      assertTrue(lost >= -Metering.bytes(perSecond / 100), -lost + " bytes were invented");
    }
  }

  private static void runAndKill(Path file) throws Exception {
    Process process = ChildProcess.start(EarningProcess.class, file.toString());
    try (LedgerReader reader = LedgerReader.open(file)) {
      LedgerEntry seen = reader.read();
      for (int entries = 0; entries < ENTRIES_BEFORE_KILL; ) {
        assertTrue(process.isAlive(), "the process ended by itself");
        LedgerEntry read = reader.read();
        if (!read.equals(seen)) {
          seen = read;
          entries++;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(ChildProcess.SIGKILL_EXIT, process.waitFor());
  }
}
