package io.atoll.perf.bench.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has SIGINT and SIGTERM end the run in the thread that made this, and keeps the JVM until what was
 * measured is written.
 */
final class StopByUser implements AutoCloseable {
  private static final long WRITE_SECONDS = 30;

  private final Thread runner = Thread.currentThread();
  private final Thread hook = new Thread(this::stop, "bench-stop");
  private final CountDownLatch written = new CountDownLatch(1);
  private final Runnable lastResort;
  private volatile int exitCode = BenchExit.STOPPED;

  /**
   * @param lastResort if the run does not end: lets nothing stay that would outlive the JVM
   */
  StopByUser(Runnable lastResort) {
    this.lastResort = lastResort;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    runner.interrupt();
    try {
      if (written.await(WRITE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
      lastResort.run();
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says what a stopped run exits with, and gives it back. */
  int exitsWith(int code) {
    exitCode = code;
    return code;
  }

  @Override
  public void close() {
    written.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      // the hook is at work, and ends the JVM
    }
  }
}
