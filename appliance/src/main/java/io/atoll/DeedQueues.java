package io.atoll;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;

/**
 * Deeds that are done one after the other for each name, and at once for different ones. Confined
 * to a loop, on which deeds end.
 */
final class DeedQueues {
  /** Deeds that wait for one name, or run. A further one is refused. */
  static final int MAX_WAITING = 1_024;

  /** A queue for each name of which a deed runs. */
  private final Map<String, Queue<Runnable>> queues = new HashMap<>();

  private Promise<Void> idle;

  /** Does {@code deed} in its turn. */
  <T> Future<T> add(String name, Callable<Future<T>> deed) {
    Promise<T> end = Promise.promise();
    Runnable run =
        () ->
            NodeFileSystems.begin(deed)
                .onComplete(result -> {
                  end.handle(result);
                  next(name);
                });
    Queue<Runnable> waiting = queues.get(name);
    if (waiting == null) {
      queues.put(name, new ArrayDeque<>());
      run.run();
    } else if (waiting.size() == MAX_WAITING) {
      end.fail(
          new IllegalStateException(
              MAX_WAITING + " deeds wait for " + name + " already: wait for the first to end"));
    } else {
      waiting.add(run);
    }
    return end.future();
  }

  private void next(String name) {
    Runnable next = queues.get(name).poll();
    if (next != null) {
      next.run();
      return;
    }
    queues.remove(name);
    if (idle != null && queues.isEmpty()) {
      idle.tryComplete();
    }
  }

  /** Completes when no deed runs or waits; nothing is added any more. */
  Future<Void> idle() {
    idle = Promise.promise();
    if (queues.isEmpty()) {
      idle.complete();
    }
    return idle.future();
  }
}
