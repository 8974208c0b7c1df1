package io.atoll.rpc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The bytes that requests of all connections may hold together, complete or not. At the bound
 * connections stop reading; they go on when others have given back. Confined to the home loop.
 */
final class ReceiveBudget {
  private final long maxBytes;
  private final Set<Runnable> waiters = new LinkedHashSet<>();
  private long usedBytes;

  ReceiveBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean isExhausted() {
    return usedBytes >= maxBytes;
  }

  long usedBytes() {
    return usedBytes;
  }

  /** A connection holds so many bytes more, or less, than before. */
  void adjust(long bytes) {
    usedBytes += bytes;
  }

  /** Has {@code resume} run by {@link #resumeWaiters}, once, when there is room. */
  void await(Runnable resume) {
    waiters.add(resume);
  }

  /** Runs those who wait as long as there is room. */
  void resumeWaiters() {
    if (waiters.isEmpty() || isExhausted()) {
      return;
    }
    for (Runnable waiter : List.copyOf(waiters)) {
      if (isExhausted()) {
        return;
      }
      waiters.remove(waiter);
      waiter.run();
    }
  }

  void forget(Runnable waiter) {
    waiters.remove(waiter);
  }
}
