package io.atoll.modes;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.ElapsedTime;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerTime;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes a file system's ledger twice a second, on a worker, and has it outlive the machine once a
 * minute. After a kill credits go on from the last entry and are earned for the time since, so that
 * none of what was earned is lost; what was spent since, of at most a second unless workers are
 * late, is forgiven. Confined to the home loop.
 */
public final class LedgerKeeper {

  /** Between the end of one write and the next. */
  static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Every so many writes, the disk is waited for. */
  static final int WRITES_PER_SYNC = 120;

  private final FileSystemThroughput throughput;
  private final CreditLedger ledger;
  private final Loop loop;
  private final Workers workers;
  private final Consumer<String> notices;

  private Loop.Timer timer;
  private LedgerTime lastTime;
  private int writes;
  private boolean writing;
  private boolean failing;
  private Runnable whenClosed;

  /**
   * @param notices told what an operator should know: clocks that were set, writes that failed
   */
  public LedgerKeeper(
      FileSystemThroughput throughput,
      CreditLedger ledger,
      Loop loop,
      Workers workers,
      Consumer<String> notices) {
    this.throughput = throughput;
    this.ledger = ledger;
    this.loop = loop;
    this.workers = workers;
    this.notices = notices;
  }

  /** Begins, with an entry now. */
  public void start() {
    tell(throughput.sinceLastEntry());
    write(false);
  }

  private void tell(ElapsedTime elapsed) {
    String notice = elapsed.notice();
    if (notice != null) {
      notices.accept(notice);
    }
  }

  private void write(boolean last) {
    LedgerEntry entry = throughput.entry();
    if (lastTime != null) {
      tell(ElapsedTime.between(lastTime, entry.time()));
    }
    lastTime = entry.time();
    boolean sync = last || ++writes % WRITES_PER_SYNC == 0;
    writing = true;
    workers.run(
        loop,
        () -> {
          ledger.write(entry);
          if (sync) {
            ledger.sync();
          }
          return null;
        },
        (nothing, failure) -> written(last, failure));
  }

  private void written(boolean last, Throwable failure) {
    writing = false;
    if (failure != null && !failing) {
      notices.accept("the credit ledger can't be written, and is tried again: " + failure);
    }
    failing = failure != null;
    if (last) {
      release();
    } else if (whenClosed != null) {
      write(true);
    } else {
      timer = loop.schedule(WRITE_NANOS, () -> write(false));
    }
  }

  /**
   * Writes a last entry and lets go of the ledger.
   *
   * @param closed run on the loop then, whether that worked or not
   */
  public void close(Runnable closed) {
    whenClosed = closed;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (!writing) {
      write(true);
    }
  }

  private void release() {
    workers.run(
        loop,
        () -> {
          ledger.close();
          return null;
        },
        (nothing, failure) -> whenClosed.run());
  }
}
