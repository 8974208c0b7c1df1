package io.atoll;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
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

  /** Does {@code deed} in its turn. */
  <T> Future<T> add(String name, Callable<Future<T>> deed) {
    Queue<Runnable> waiting = queues.get(name);
    return waiting != null && waiting.size() >= MAX_WAITING
        ? Future.failedFuture(
            new IllegalStateException(
                MAX_WAITING + " deeds wait for " + name + " already: wait for the first to end"))
        : addLast(name, deed);
  }

  /** As {@link #add}, however many wait; none follows it. */
  <T> Future<T> addLast(String name, Callable<Future<T>> deed) {
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
    } else {
      waiting.add(run);
    }
    return end.future();
  }

  private void next(String name) {
    Runnable next = queues.get(name).poll();
    if (next != null) {
      next.run();
    } else {
      queues.remove(name);
    }
  }

  /** Those for which a deed runs. */
  Set<String> names() {
    return Set.copyOf(queues.keySet());
  }
}
