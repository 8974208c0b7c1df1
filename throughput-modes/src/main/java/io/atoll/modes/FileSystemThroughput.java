package io.atoll.modes;

import io.atoll.io.loop.Loop;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.ledger.ElapsedTime;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.meter.IoTotals;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.meter.StorageMetering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.BurstingRates;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ChangeVerdict.Accepted;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ModeControl;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.UUID;

/**
 * The throughput of one file system: its mode, its credits, the admission of its requests, and what
 * its metrics say. Goes on from an entry of its ledger, and makes the next ones ({@link
 * LedgerKeeper} writes them). Confined to the home loop.
 */
public final class FileSystemThroughput {

  private final Loop loop;
  private final UUID boot;
  private final ModeControl modes;
  private final Admission admission;
  private final IoTotals totals = new IoTotals();
  private final ElapsedTime sinceLast;
  private final UseRate use;

  /**
   * @param boot {@link LedgerTime#thisBoot()}
   * @param last what the ledger has
   */
  public FileSystemThroughput(
      Loop loop,
      UUID boot,
      PerformanceMode performanceMode,
      ThroughputLimits limits,
      AdmissionLimits admissionLimits,
      LedgerEntry last) {
    this.loop = loop;
    this.boot = boot;
    LedgerTime now = time();
    sinceLast = ElapsedTime.between(last.time(), now);
    modes =
        new ModeControl(
            performanceMode,
            limits,
            last.settings(),
            ageSeconds(last.secondsSinceRestrictedChange(), sinceLast),
            now.monotonicNanos());
    Allowance allowance =
        new Allowance(
            limits,
            last.settings(),
            last.meteredBytes(),
            last.credits(),
            now.monotonicNanos() - sinceLast.provenNanos());
    admission = new Admission(loop, allowance, admissionLimits);
    use = new UseRate(now.monotonicNanos(), 0);
  }

  private static long ageSeconds(long secondsAtEntry, ElapsedTime since) {
    return secondsAtEntry == ModeControl.NEVER
        ? ModeControl.NEVER
        : secondsAtEntry + since.ageSeconds();
  }

  /** The first entry of a new file system's ledger: it is empty, and has its initial credits. */
  public static LedgerEntry firstEntry(LedgerTime now, ThroughputSettings settings) {
    return new LedgerEntry(
        now,
        Credits.INITIAL,
        settings,
        ModeControl.NEVER,
        StorageMetering.EMPTY_FILE_SYSTEM_BYTES,
        0,
        0,
        0);
  }

  private LedgerTime time() {
    return new LedgerTime(loop.wallClockNanos(), loop.monotonicNanos(), boot);
  }

  /**
   * What time has passed since the entry that this one goes on from; its notice is to be logged.
   */
  public ElapsedTime sinceLastEntry() {
    return sinceLast;
  }

  /** Where requests ask to start. */
  public Admission admission() {
    return admission;
  }

  /** Where requests that have ended are counted. */
  public IoTotals totals() {
    return totals;
  }

  /** Changes mode or provisioned rate, at once and for requests that wait too, if that may be. */
  public ChangeVerdict change(ThroughputSettings wanted) {
    ChangeVerdict verdict = modes.change(wanted, loop.monotonicNanos());
    if (verdict instanceof Accepted) {
      admission.change(modes.settings());
    }
    return verdict;
  }

  /**
   * The file system has another size, as {@link StorageMetering} counts; told about once an hour.
   */
  public void remeter(long meteredBytes) {
    admission.remeter(meteredBytes);
  }

  /** What the ledger is to keep, as of now. */
  public LedgerEntry entry() {
    LedgerTime now = time();
    Allowance allowance = admission.allowance();
    use.observe(now.monotonicNanos(), admission.admittedThirds());
    return new LedgerEntry(
        now,
        allowance.credits(),
        allowance.settings(),
        modes.secondsSinceRestrictedChange(now.monotonicNanos()),
        allowance.meteredBytes(),
        allowance.permittedThirdsPerSecond(),
        admission.admittedThirds(),
        admission.queuedRequests());
  }

  public ThroughputSettings settings() {
    return modes.settings();
  }

  public PerformanceMode performanceMode() {
    return modes.performanceMode();
  }

  /** BurstCreditBalance. */
  public long burstCreditBalanceBytes() {
    return admission.allowance().credits().balanceBytes();
  }

  /** PermittedThroughput. */
  public long permittedBytesPerSecond() {
    return Metering.bytes(admission.allowance().permittedThirdsPerSecond());
  }

  /** StorageBytes, as of the last {@link #remeter}. */
  public long meteredBytes() {
    return admission.allowance().meteredBytes();
  }

  /** What was admitted a second, over the last ten that the ledger has entries of. */
  public long usedBytesPerSecond() {
    return Metering.bytes(use.perSecond());
  }

  /** How long credits last at the present rate; Long.MAX_VALUE if they do not run out at it. */
  public long secondsUntilCreditsRunOut() {
    Allowance allowance = admission.allowance();
    if (!allowance.isBursting()) {
      return Long.MAX_VALUE;
    }
    return BurstingRates.secondsUntilExhausted(
        allowance.credits().thirds(), allowance.earnedThirdsPerSecond(), use.perSecond());
  }
}
