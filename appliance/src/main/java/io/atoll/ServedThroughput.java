package io.atoll;

import io.atoll.figures.FileSystemSample;
import io.atoll.figures.FileSystemSample.Clients;
import io.atoll.figures.FileSystemSample.LoopWork;
import io.atoll.figures.FileSystemSample.Store;
import io.atoll.figures.FileSystemSample.Throughput;
import io.atoll.figures.FileSystemSample.Traffic;
import io.atoll.figures.FileSystemWatch;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.scrub.ScrubStatus;
import io.atoll.io.cache.CacheCounters;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.modes.FileSystemThroughput;
import io.atoll.modes.LedgerKeeper;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.meter.IoTotals;
import io.atoll.modes.meter.RequestKind;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.nfs4.compound.RequestMeter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The throughput of a served file system and what is known of its use, over all its openings: its
 * mode, its credits with their ledger, the admission of its requests, and figures. Confined to the
 * home loop, but for {@link #watch}.
 */
final class ServedThroughput {
  private static final Logger LOG = LoggerFactory.getLogger(ServedThroughput.class);
  private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final FileSystemId id;
  private final FileSystemThroughput throughput;
  private final LedgerKeeper keeper;
  private final long remeterNanos;
  private final FileSystemWatch watch;
  private Loop.Timer sampling;
  private Loop.Timer remetering;

  /** Null while it is down. */
  private OpenFileSystem fileSystem;

  private Supplier<Clients> clients;
  private Supplier<List<LoopWork>> loops;

  private ServedThroughput(
      Loop loop,
      Workers workers,
      FileSystemId id,
      UUID boot,
      Opened ledger,
      ThroughputChoice choice) {
    this.loop = loop;
    this.id = id;
    throughput =
        new FileSystemThroughput(
            loop,
            boot,
            choice.performanceMode(),
            choice.limits(),
            AdmissionLimits.DEFAULT,
            ledger.last());
    keeper =
        new LedgerKeeper(
            throughput, ledger.ledger(), loop, workers, notice -> LOG.warn("{}: {}", id, notice));
    remeterNanos = TimeUnit.SECONDS.toNanos(choice.remeterSeconds());
    watch = new FileSystemWatch(id.toString());
  }

  /**
   * Opens the ledger, and goes on from there. On the home loop.
   *
   * @param folder of the file system
   * @param isNew whether it was just made, and so has its initial credits
   * @return fails with a {@link StartFailure} if the ledger is of a later version, or can't be used
   */
  static Future<ServedThroughput> open(
      Loop loop,
      Workers workers,
      Path folder,
      FileSystemId id,
      boolean isNew,
      ThroughputChoice choice) {
    long wallNanos = loop.wallClockNanos();
    long monotonicNanos = loop.monotonicNanos();
    Promise<ServedThroughput> opened = Promise.promise();
    workers.run(
        loop,
        () -> {
          LedgerTime now = new LedgerTime(wallNanos, monotonicNanos, LedgerTime.thisBoot());
          return new OpenedAt(
              FileSystemLedger.open(folder, id, isNew, choice.ifNew(), now), now.boot());
        },
        (ledger, failure) -> {
          if (failure != null) {
            opened.fail(failure);
            return;
          }
          ServedThroughput made =
              new ServedThroughput(loop, workers, id, ledger.boot(), ledger.opened(), choice);
          made.begin(choice.wanted());
          opened.complete(made);
        });
    return opened.future();
  }

  private record OpenedAt(Opened opened, UUID boot) {}

  private void begin(ThroughputSettings wanted) {
    if (wanted != null && throughput.change(wanted) instanceof Refused refused) {
      LOG.warn(
          "{} keeps {} throughput: {}",
          id,
          throughput.settings().mode().apiName(),
          refused.message());
    }
    keeper.start();
    sample();
  }

  // --- up and down ---

  /**
   * The file system is open and served.
   *
   * @param present counts its clients
   * @param work what loops do for it
   */
  void isUp(OpenFileSystem opened, Supplier<Clients> present, Supplier<List<LoopWork>> work) {
    fileSystem = opened;
    clients = present;
    loops = work;
    watch.isUp(true);
    remeter();
    takeSample();
  }

  /** Requests may come, again after {@link #goesDown}. */
  void opens() {
    throughput.admission().resume();
  }

  /** It is fenced, or stops: what waits for its turn has it now, and ends as all else does. */
  void goesDown() {
    watch.isUp(false);
    fileSystem = null;
    clients = null;
    loops = null;
    if (remetering != null) {
      remetering.cancel();
      remetering = null;
    }
    throughput.admission().release();
  }

  /** It was fenced. */
  void fenced() {
    watch.fenced();
    goesDown();
  }

  /** Writes a last entry to the ledger. Never fails. */
  Future<Void> close() {
    if (sampling != null) {
      sampling.cancel();
    }
    Promise<Void> closed = Promise.promise();
    keeper.close(closed::complete);
    return closed.future();
  }

  private void remeter() {
    throughput.remeter(fileSystem.meteredBytes());
    remetering = loop.schedule(remeterNanos, this::remeter);
  }

  // --- what it is for ---

  /**
   * For the requests of one opening.
   *
   * @param inGrace whether only reclaims can get opens and locks
   */
  RequestMeter meter(BooleanSupplier inGrace) {
    return new RequestMeter(throughput.admission(), throughput.totals(), watch.requests(), inGrace);
  }

  /** Changes mode or provisioned rate, for requests that wait too. */
  ChangeVerdict change(ThroughputSettings wanted) {
    ChangeVerdict verdict = throughput.change(wanted);
    takeSample();
    return verdict;
  }

  ThroughputSettings settings() {
    return throughput.settings();
  }

  /** What is known of it; for any thread. */
  FileSystemWatch watch() {
    return watch;
  }

  // --- figures ---

  private void sample() {
    takeSample();
    sampling = loop.schedule(SAMPLE_NANOS, this::sample);
  }

  private void takeSample() {
    watch.sample(
        new FileSystemSample(
            loop.monotonicNanos(),
            throughputNow(),
            trafficNow(),
            clients == null ? Clients.NONE : clients.get(),
            fileSystem == null ? Store.NONE : storeNow(),
            loops == null ? List.of() : loops.get()));
  }

  private Throughput throughputNow() {
    return new Throughput(
        throughput.settings().mode().apiName(),
        throughput.burstCreditBalanceBytes(),
        throughput.permittedBytesPerSecond(),
        throughput.usedBytesPerSecond(),
        throughput.secondsUntilCreditsRunOut(),
        throughput.meteredBytes(),
        throughput.admission().queuedRequests(),
        throughput.admission().queuedEver(),
        throughput.admission().refusedFull());
  }

  private Traffic trafficNow() {
    IoTotals totals = throughput.totals();
    return new Traffic(
        totals.requests(RequestKind.DATA_READ),
        totals.bytes(RequestKind.DATA_READ),
        totals.requests(RequestKind.DATA_WRITE),
        totals.bytes(RequestKind.DATA_WRITE),
        totals.requests(RequestKind.METADATA),
        totals.bytes(RequestKind.METADATA),
        totals.totalBytes(),
        totals.meteredBytes());
  }

  private Store storeNow() {
    CacheCounters.Snapshot cache = fileSystem.cacheFigures();
    ScrubStatus scrub = fileSystem.scrubStatus();
    return new Store(
        fileSystem.volumeCounters().groups(),
        fileSystem.volumeCounters().commitNanos(),
        fileSystem.volumeCounters().indexBatches(),
        cache.blocksFound(),
        cache.blocksMissed(),
        fileSystem.bufferBytesInUse(),
        fileSystem.operationsInFlight(),
        scrub == null ? 0 : scrub.bytesRead(),
        scrub == null ? 0 : scrub.damagedBlocks());
  }
}
