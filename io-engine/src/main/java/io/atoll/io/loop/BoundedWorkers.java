package io.atoll.io.loop;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of named threads over a bounded queue. At the bound a task is refused: its
 * completion is told a {@link RejectedExecutionException}, so that whoever asks must wait.
 */
public final class BoundedWorkers implements Workers, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BoundedWorkers.class);

  /** How long {@link #close} waits for what runs or is queued. */
  private static final long CLOSE_TIMEOUT_SECONDS = 60;

  private final String name;
  private final ThreadPoolExecutor executor;

  /**
   * @param name of the threads, before their number
   * @param threads how many, at least 1
   * @param maxQueued the most tasks that wait for a thread
   */
  public BoundedWorkers(String name, int threads, int maxQueued) {
    this.name = name;
    AtomicInteger number = new AtomicInteger();
    executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxQueued),
            task ->
                Thread.ofPlatform()
                    .name(name + "-" + number.getAndIncrement())
                    .daemon(true)
                    .unstarted(task));
  }

  @Override
  public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
    try {
      executor.execute(() -> runAndReport(loop, task, completion));
    } catch (RejectedExecutionException full) {
      loop.execute(() -> completion.done(null, full));
    }
  }

  /** Tasks that wait for a thread; a metric. */
  public int queued() {
    return executor.getQueue().size();
  }

  private <T> void runAndReport(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
    T result = null;
    Throwable failure = null;
    try {
      result = task.call();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    T reported = result;
    Throwable thrown = failure;
    try {
      loop.execute(() -> completion.done(reported, thrown));
    } catch (RejectedExecutionException gone) {
      LOG.warn("{}: the loop of a finished task has shut down, its result is lost", name);
    }
  }

  /** Whether it takes no more, and nothing runs or is queued. */
  public boolean isIdle() {
    return executor.isTerminated();
  }

  /** Takes no more, and waits for what runs or is queued. Not from a worker or a loop. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("{}: tasks still run after {} s, left alone", name, CLOSE_TIMEOUT_SECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
