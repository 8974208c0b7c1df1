package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.ConnectionWatcher;
import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.perf.bench.client.StatusException;
import io.atoll.perf.bench.client.Vitals;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for what a server does, and gives up when a connection fails, the server hangs or the user
 * has had enough. Waiting is for one thread; the rest is thread-safe.
 */
final class Watch implements ConnectionWatcher {
  private static final long LOOK_MILLIS = 50;

  private final long hangNanos;
  private final CompletableFuture<Object> failure = new CompletableFuture<>();
  private final List<Vitals> vitals = new CopyOnWriteArrayList<>();

  Watch(long hangNanos) {
    this.hangNanos = hangNanos;
  }

  @Override
  public void failed(RuntimeException cause) {
    failure.completeExceptionally(cause);
  }

  @Override
  public void connected(Vitals connection) {
    vitals.add(connection);
  }

  /** How often the server asked to come again later, on all connections. */
  long delays() {
    return vitals.stream().mapToLong(Vitals::delays).sum();
  }

  /**
   * Waits for the end of {@code step}.
   *
   * @throws RuntimeException why it came to nothing; mostly an {@link NfsFailure}
   */
  <T> T await(CompletableFuture<T> step, String what) {
    while (!awaitBriefly(step, LOOK_MILLIS, what)) {
      // looks again
    }
    return step.join();
  }

  /** Waits for a while; true if {@code step} has ended well. */
  boolean awaitBriefly(CompletableFuture<?> step, long millis, String what) {
    try {
      CompletableFuture.anyOf(step, failure).get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException stillRunning) {
      check(what);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    } catch (ExecutionException e) {
      throw explained(e.getCause(), what);
    }
  }

  private void check(String what) {
    for (Vitals each : vitals) {
      if (each.silentNanos() > hangNanos) {
        int inFlight = vitals.stream().mapToInt(Vitals::unanswered).sum();
        throw new NfsFailure(
            Kind.HUNG,
            what
                + ": the server has not answered for "
                + TimeUnit.NANOSECONDS.toSeconds(hangNanos)
                + " s, with "
                + inFlight
                + " requests in flight");
      }
    }
  }

  private static RuntimeException explained(Throwable cause, String what) {
    if (cause instanceof StatusException refused) {
      return new NfsFailure(Kind.REFUSED, what + ": " + refused.getMessage());
    }
    return cause instanceof RuntimeException e
        ? e
        : new IllegalStateException(what + " failed", cause);
  }
}
