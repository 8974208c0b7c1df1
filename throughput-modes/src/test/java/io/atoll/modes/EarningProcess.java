package io.atoll.modes;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Has a file system earn credits, and its ledger kept, until it is killed. */
final class EarningProcess {

  static final UUID FILE_SYSTEM = new UUID(5, 5);

  private EarningProcess() {}

  /**
   * @param arguments the ledger
   */
  public static void main(String[] arguments) throws Exception {
    Opened opened = (Opened) CreditLedger.open(Path.of(arguments[0]), FILE_SYSTEM);
    UUID boot = LedgerTime.thisBoot();
    ThreadLoop loop = new ThreadLoop();
    loop.execute(() -> {
      FileSystemThroughput throughput =
          new FileSystemThroughput(
              loop,
              boot,
              PerformanceMode.GENERAL_PURPOSE,
              ThroughputLimits.DEFAULT,
              AdmissionLimits.DEFAULT,
              opened.last());
      new LedgerKeeper(throughput, opened.ledger(), loop, loop, System.err::println).start();
    });
  }

  /** A loop that is a thread, with the real clocks; its own worker. */
  private static final class ThreadLoop implements Loop, Workers {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      ScheduledFuture<?> scheduled = thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    }

    @Override
    public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
      execute(() -> {
        T result = null;
        Throwable failure = null;
        try {
          result = task.call();
        } catch (Exception thrown) {
          failure = thrown;
        }
        completion.done(result, failure);
      });
    }

    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallClockNanos() {
      return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }
  }
}
