package io.atoll.io.volume;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;

/**
 * Workers that a volume shares with others, which may fill their queue: a task that they have no
 * place for is offered again a little later, for as long as the loop lives. So a busy pool delays a
 * volume and never fails it. Each user bounds what it has under way.
 */
final class RetryingWorkers implements Workers {

  private static final long RETRY_NANOS = 5_000_000L;

  private final Workers workers;

  RetryingWorkers(Workers workers) {
    this.workers = workers;
  }

  @Override
  public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
    workers.run(
        loop,
        task,
        (result, failure) -> {
          if (failure instanceof RejectedExecutionException) {
            loop.schedule(RETRY_NANOS, () -> run(loop, task, completion));
          } else {
            completion.done(result, failure);
          }
        });
  }
}
