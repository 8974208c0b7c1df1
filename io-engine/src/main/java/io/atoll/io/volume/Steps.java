package io.atoll.io.volume;

import io.atoll.io.loop.Loop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/** What chains of futures on a loop need, for opening and closing. */
final class Steps {

  private Steps() {}

  /**
   * Runs {@code task} on a checkpoint worker: what opening and closing do may take long, and no
   * reader is to wait behind it. Completes on the environment's loop.
   */
  static <T> CompletableFuture<T> onWorker(VolumeEnvironment environment, Callable<T> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    environment
        .checkpointWorkers()
        .run(
            environment.loop(),
            task,
            (result, failure) -> {
              if (failure != null) {
                future.completeExceptionally(failure);
              } else {
                future.complete(result);
              }
            });
    return future;
  }

  /** Fails the stage that calls this, if {@code failure} is not null. */
  static void rethrow(Throwable failure) {
    if (failure != null) {
      throw failure instanceof CompletionException wrapped
          ? wrapped
          : new CompletionException(failure);
    }
  }

  /**
   * Tells {@code end} how {@code steps} ended, in a turn of the loop of its own: what it throws is
   * not lost in a future.
   */
  static <T> void atEnd(
      Loop loop, CompletableFuture<T> steps, BiConsumer<? super T, Throwable> end) {
    var _ = steps.whenComplete((value, failure) -> loop.execute(() -> end.accept(value, failure)));
  }
}
