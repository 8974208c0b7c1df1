package io.atoll.control.service;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that all resources belong to. It may block, for the store syncs each change. What
 * callers ask for is bounded; what deeds of the host tell is not refused, and there is at most one
 * of these for each resource.
 */
public final class ControlThread {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

  /** Requests that wait for the thread or run on it. */
  public static final int REQUESTS_MAX = 2_048;

  private static final long END_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final long endTimeoutMillis;
  private final AtomicInteger requests = new AtomicInteger();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("control").daemon(true).unstarted(task));

  ControlThread() {
    this(END_TIMEOUT_MILLIS);
  }

  /**
   * @param endTimeoutMillis how long it may take at its end
   */
  ControlThread(long endTimeoutMillis) {
    this.endTimeoutMillis = endTimeoutMillis;
  }

  /**
   * Runs {@code request} on the thread. Callable from any thread.
   *
   * @return what it returns or throws; a {@link Refusal} at the bound or after the end
   */
  public <T> Future<T> call(Callable<T> request) {
    if (requests.incrementAndGet() > REQUESTS_MAX) {
      requests.decrementAndGet();
      return Future.failedFuture(
          new Refusal(EfsError.THROTTLING, "too many requests are waiting: try again in a moment"));
    }
    Promise<T> promise = Promise.promise();
    try {
      executor.execute(() -> {
        requests.decrementAndGet();
        run(request, promise);
      });
    } catch (RejectedExecutionException closed) {
      requests.decrementAndGet();
      return Future.failedFuture(
          new Refusal(EfsError.INTERNAL_SERVER_ERROR, "the node is being stopped"));
    }
    return promise.future();
  }

  private static <T> void run(Callable<T> request, Promise<T> promise) {
    T result;
    try {
      result = request.call();
    } catch (Throwable thrown) {
      promise.fail(thrown);
      return;
    }
    promise.complete(result);
  }

  /** Runs what follows from a deed on the thread; nothing after the end. */
  void execute(Runnable step) {
    try {
      executor.execute(() -> runStep(step));
    } catch (RejectedExecutionException closed) {
      // The next start does what is left.
      LOG.debug("a step is left to the next start");
    }
  }

  /** Runs {@code step} every {@code seconds}. */
  void every(long seconds, Runnable step) {
    ScheduledFuture<?> _ =
        executor.scheduleWithFixedDelay(() -> runStep(step), seconds, seconds, TimeUnit.SECONDS);
  }

  private static void runStep(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("a step of the control plane failed", e);
    }
  }

  /** Takes no more; what waits is still done. */
  void refuse() {
    executor.shutdown();
  }

  /**
   * Waits until what was taken is done, for a while.
   *
   * @return whether it is; if not, the thread is left alone, and with what it is at work in
   */
  boolean awaitEnd() {
    try {
      if (executor.awaitTermination(endTimeoutMillis, TimeUnit.MILLISECONDS)) {
        return true;
      }
      LOG.warn("the control thread still runs after {} ms, left alone", endTimeoutMillis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
