package io.atoll;

import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** That a node is to stop: made by any thread, heeded by the one that starts the node and waits. */
public final class StopRequest {
  private final CompletableFuture<Void> made = new CompletableFuture<>();

  /** Asks, once or more often. */
  public void make() {
    made.complete(null);
  }

  boolean isMade() {
    return made.isDone();
  }

  /** Waits until it is made, or {@code other} completes. Not to be called on a loop. */
  void awaitThisOr(CompletableFuture<?> other) {
    CompletableFuture.anyOf(made, other.exceptionally(failure -> null)).join();
  }

  /**
   * Begins {@code step} and waits for its end. Not to be called on a loop.
   *
   * @throws Made if the node is to stop: then the step was not begun, or goes on
   */
  <T> T unlessMade(Supplier<Future<T>> step) throws Made {
    if (isMade()) {
      throw new Made();
    }
    CompletableFuture<T> end = step.get().toCompletionStage().toCompletableFuture();
    awaitThisOr(end);
    if (!end.isDone()) {
      throw new Made();
    }
    return LoopCalls.join(end);
  }

  /** A step was not waited for, as the node is to stop. */
  static final class Made extends Exception {
    private static final long serialVersionUID = 1L;

    private Made() {
      super("the node is to stop", null, false, false);
    }
  }
}
