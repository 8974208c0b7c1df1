package io.atoll;

import io.atoll.io.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Steps of a loop, begun by other threads. */
final class LoopCalls {
  private LoopCalls() {}

  /** Runs {@code step} on {@code loop}; what it throws is its failure. */
  static <T> CompletableFuture<T> begin(Loop loop, Supplier<Future<T>> step) {
    Promise<T> end = Promise.promise();
    loop.execute(() -> {
      try {
        step.get().onComplete(end);
      } catch (RuntimeException e) {
        end.fail(e);
      }
    });
    return end.future().toCompletionStage().toCompletableFuture();
  }

  /** As {@link #begin}, and waits for the end. Not to be called on a loop. */
  static <T> T await(Loop loop, Supplier<Future<T>> step) {
    return join(begin(loop, step));
  }

  /** Waits for the end of {@code future}. Not to be called on a loop. */
  static <T> T await(Future<T> future) {
    return join(future.toCompletionStage().toCompletableFuture());
  }

  /** Waits for the end of {@code future}, and throws what it fails with as it is if it may be. */
  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
