package io.atoll.rpc;

import java.util.LinkedHashSet;

/**
 * The bytes that requests of all connections may hold together, complete or not. At the bound
 * connections stop reading; they go on when others have given back. Confined to the home loop.
 */
final class ReceiveBudget {
  private final long maxBytes;
  private final LinkedHashSet<Runnable> waiters = new LinkedHashSet<>();
  private long usedBytes;
  private boolean resuming;

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

  /**
   * Runs those who wait, the longest first, as long as there is room and they find enough of it.
   * One that gives back what it held asks for this again; then the running one goes on.
   */
  void resumeWaiters() {
    if (resuming) {
      return;
    }
    resuming = true;
    try {
      while (!waiters.isEmpty() && !isExhausted()) {
        Runnable longest = waiters.removeFirst();
        longest.run();
        if (waiters.contains(longest)) {
          waiters.addFirst(longest);
          return;
        }
      }
    } finally {
      resuming = false;
    }
  }

  void forget(Runnable waiter) {
    waiters.remove(waiter);
  }
}
