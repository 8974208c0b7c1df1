package io.atoll.modes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.SimLoop;
import io.atoll.modes.admission.AdmissionClient;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerReader;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.BurstingRates;
import io.atoll.modes.rate.ChangeVerdict.Accepted;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemThroughputTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long DAY = TimeUnit.DAYS.toNanos(1);
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;
  private static final UUID BOOT = new UUID(1, 1);
  private static final UUID FILE_SYSTEM = new UUID(2, 2);

  @TempDir Path directory;
  private final SimLoop loop = new SimLoop(new SplittableRandom(3));
  private final List<String> notices = new ArrayList<>();

  private FileSystemThroughput from(LedgerEntry last, UUID boot) {
    return new FileSystemThroughput(
        loop,
        boot,
        PerformanceMode.GENERAL_PURPOSE,
        ThroughputLimits.DEFAULT,
        AdmissionLimits.DEFAULT,
        last);
  }

  private LedgerTime now() {
    return new LedgerTime(loop.wallClockNanos(), loop.monotonicNanos(), BOOT);
  }

  private LedgerEntry bursting(Credits credits) {
    LedgerEntry first = FileSystemThroughput.firstEntry(now(), ThroughputSettings.BURSTING);
    return first.withCredits(credits);
  }

  private void runFor(long nanos) {
    boolean[] reached = new boolean[1];
    loop.schedule(nanos, () -> reached[0] = true);
    loop.runUntil(() -> reached[0], Integer.MAX_VALUE);
  }

  private static long baseline(long seconds) {
    return seconds * 50 * MIB;
  }

  @Test
  void newFileSystemHasItsInitialCredits() {
    FileSystemThroughput throughput = from(bursting(Credits.INITIAL), BOOT);
    assertEquals(BurstingRates.INITIAL_CREDIT_BYTES, throughput.burstCreditBalanceBytes());
    assertEquals(100 * MIB, throughput.permittedBytesPerSecond());
    assertEquals(6 << 10, throughput.meteredBytes());
  }

  @Test
  void restartEarnsForTheTimeInBetween() {
    FileSystemThroughput before = from(bursting(Credits.NONE), BOOT);
    before.remeter(TIB);
    runFor(10 * SECOND);
    LedgerEntry entry = before.entry();
    loop.stall(3600 * SECOND);
    FileSystemThroughput after = from(entry, BOOT);
    assertEquals(baseline(3610), after.burstCreditBalanceBytes());
    assertEquals(TIB, after.meteredBytes());
  }

  @Test
  void wallClockSetWhileItWasDownEarnsAndLosesNothing() {
    for (long jump : new long[] {5 * DAY, -5 * DAY}) {
      FileSystemThroughput before = from(bursting(Credits.NONE), BOOT);
      before.remeter(TIB);
      LedgerEntry entry = before.entry();
      loop.jumpWallClock(jump);
      loop.stall(60 * SECOND);
      FileSystemThroughput after = from(entry, BOOT);
      assertEquals(baseline(60), after.burstCreditBalanceBytes());
      assertEquals(jump, after.sinceLastEntry().wallJumpNanos());
    }
  }

  @Test
  void overABootTheClockOfTheNewOneEarns() {
    FileSystemThroughput before = from(bursting(Credits.NONE), BOOT);
    before.remeter(TIB);
    loop.stall(7 * SECOND);
    LedgerEntry entry = before.entry();
    loop.jumpWallClock(5 * DAY);
    // The simulated clock goes on; it stands for one that began with the new boot, 7 s ago.
    FileSystemThroughput after = from(entry, new UUID(9, 9));
    assertEquals(baseline(7 + 7), after.burstCreditBalanceBytes());
  }

  @Test
  void changeThatMustWaitIsRefusedAfterARestartToo() {
    FileSystemThroughput before = from(bursting(Credits.INITIAL), BOOT);
    ThroughputSettings provisioned = ThroughputSettings.provisioned(10 * MIB);
    assertInstanceOf(Accepted.class, before.change(provisioned));
    assertEquals(10 * MIB, before.permittedBytesPerSecond());
    loop.stall(3600 * SECOND);
    FileSystemThroughput after = from(before.entry(), BOOT);
    assertEquals(provisioned, after.settings());
    Refused refused = assertInstanceOf(Refused.class, after.change(ThroughputSettings.BURSTING));
    assertEquals(23 * 3600, refused.retryAfterSeconds());
    assertEquals(10 * MIB, after.permittedBytesPerSecond());
    loop.stall(DAY);
    assertInstanceOf(Accepted.class, after.change(ThroughputSettings.BURSTING));
  }

  @Test
  void secondsUntilCreditsRunOutGoByThePresentRate() {
    FileSystemThroughput throughput =
        from(bursting(new Credits(Metering.thirds(10_000 * MIB), 0)), BOOT);
    throughput.remeter(TIB);
    AdmissionClient client = new AdmissionClient(open -> {});
    AdmissionRequest request =
        new AdmissionRequest() {
          @Override
          protected void admitted() {}
        };
    Runnable steady =
        new Runnable() {
          @Override
          public void run() {
            assertEquals(
                Admittance.ADMITTED,
                throughput.admission().submit(client, request, Metering.thirds(MIB)));
            loop.schedule(SECOND / 80, this);
          }
        };
    throughput.entry();
    loop.schedule(SECOND / 80, steady);
    runFor(20 * SECOND);
    throughput.entry();
    assertEquals(80.0, throughput.usedBytesPerSecond() / (double) MIB, 1);
    // 80 go out and 50 come in; 600 of the 10,000 are gone.
    assertEquals(9400 / 30.0, (double) throughput.secondsUntilCreditsRunOut(), 15);
    throughput.change(ThroughputSettings.provisioned(100 * MIB));
    assertEquals(Long.MAX_VALUE, throughput.secondsUntilCreditsRunOut());
  }

  @Test
  void keeperWritesAtLeastOnceASecondAndALastTime() throws IOException {
    Path file = directory.resolve("credits");
    LedgerEntry first = bursting(Credits.NONE);
    CreditLedger ledger = CreditLedger.create(file, FILE_SYSTEM, first);
    FileSystemThroughput throughput = from(first, BOOT);
    throughput.remeter(TIB);
    LedgerKeeper keeper = new LedgerKeeper(throughput, ledger, loop, loop, notices::add);
    keeper.start();
    try (LedgerReader reader = LedgerReader.open(file)) {
      for (int i = 0; i < 100; i++) {
        runFor(SECOND / 3);
        long kept = reader.read().credits().balanceBytes();
        long lacks = throughput.burstCreditBalanceBytes() - kept;
        assertTrue(lacks <= baseline(1), "more than a second's worth lacks: " + lacks);
      }
    }
    loop.jumpWallClock(-3 * DAY);
    runFor(2 * SECOND);
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(
        notices.getFirst().startsWith("the wall clock was set back by 2592"), notices.getFirst());

    boolean[] closed = new boolean[1];
    keeper.close(() -> closed[0] = true);
    long atEnd = throughput.burstCreditBalanceBytes();
    loop.runUntil(() -> closed[0], 1000);
    Opened opened = assertInstanceOf(Opened.class, CreditLedger.open(file, FILE_SYSTEM));
    opened.ledger().close();
    assertTrue(opened.last().credits().balanceBytes() >= atEnd);
  }

  @Test
  void keeperTriesAgainWhenWorkersRefuse() throws IOException {
    Path file = directory.resolve("credits");
    LedgerEntry first = bursting(Credits.NONE);
    CreditLedger ledger = CreditLedger.create(file, FILE_SYSTEM, first);
    FileSystemThroughput throughput = from(first, BOOT);
    LedgerKeeper keeper = new LedgerKeeper(throughput, ledger, loop, loop, notices::add);
    boolean[] refusing = {true};
    loop.workerFaults(
        new SimLoop.WorkerFaults() {
          @Override
          public boolean refuse() {
            return refusing[0];
          }

          @Override
          public int slowness() {
            return 1;
          }
        });
    keeper.start();
    runFor(5 * SECOND);
    assertEquals(1, ledger.sequence());
    assertEquals(1, notices.size(), notices::toString);
    refusing[0] = false;
    runFor(2 * SECOND);
    assertTrue(ledger.sequence() > 2);
    ledger.close();
  }
}
