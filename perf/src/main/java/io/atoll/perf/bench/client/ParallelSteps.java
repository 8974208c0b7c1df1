package io.atoll.perf.bench.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Many asynchronous steps of which some run at a time; ends with the last, or the first failure.
 */
final class ParallelSteps {
  private final int count;
  private final IntFunction<? extends CompletionStage<?>> step;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private ParallelSteps(int count, IntFunction<? extends CompletionStage<?>> step) {
    this.count = count;
    this.step = step;
  }

  static CompletableFuture<Void> run(
      int count, int width, IntFunction<? extends CompletionStage<?>> step) {
    ParallelSteps steps = new ParallelSteps(count, step);
    if (count == 0) {
      steps.end.complete(null);
    }
    for (int i = 0; i < Math.min(count, width); i++) {
      steps.runFrom();
    }
    return steps.end;
  }

  /** Runs steps as long as they end at once, so that the stack does not grow with their number. */
  @SuppressWarnings("FutureReturnValueIgnored") // what comes of a step is in the end of all
  private void runFrom() {
    while (!end.isDone()) {
      int i = next.getAndIncrement();
      if (i >= count) {
        return;
      }
      CompletableFuture<?> running = step.apply(i).toCompletableFuture();
      if (!running.isDone()) {
        running.whenComplete((value, failure) -> {
          ended(failure);
          runFrom();
        });
        return;
      }
      ended(running.isCompletedExceptionally() ? running.exceptionNow() : null);
    }
  }

  private void ended(Throwable failure) {
    if (failure != null) {
      end.completeExceptionally(failure);
    } else if (done.incrementAndGet() == count) {
      end.complete(null);
    }
  }
}
