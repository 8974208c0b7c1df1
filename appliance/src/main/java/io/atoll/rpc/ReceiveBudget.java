package io.atoll.rpc;

import io.atoll.io.buffer.FairShares;
import java.util.LinkedHashSet;

/**
 * The bytes that requests of all connections may hold together, complete or not. A record is
 * admitted with its whole length when it begins, so that those which have begun can always come to
 * their end; those that find no room wait, in order, until others have given back. Confined to its
 * connections' loop; what it takes from may be others' too.
 */
final class ReceiveBudget {
  private final FairShares.Member requests;
  private final FairShares.Member payloads;
  private final LinkedHashSet<Runnable> waiters = new LinkedHashSet<>();
  private boolean resuming;

  /** One that shares with nobody. */
  ReceiveBudget(long maxBytes, long maxIncomingPayloadBytes) {
    this(new FairShares(maxBytes).join(), new FairShares(maxIncomingPayloadBytes).join());
  }

  /**
   * @param requests of all bytes
   * @param payloads of those in aligned buffers whose payload has not come whole
   */
  ReceiveBudget(FairShares.Member requests, FairShares.Member payloads) {
    this.requests = requests;
    this.payloads = payloads;
  }

  private boolean isExhausted() {
    return requests.room() == 0;
  }

  /** Takes {@code bytes} for a record that is to begin, if it may; not before those that wait. */
  boolean take(long bytes) {
    return (waiters.isEmpty() || resuming) && requests.tryTake(bytes);
  }

  /** Whether some records wait for room. */
  boolean isShort() {
    return !waiters.isEmpty();
  }

  /** Takes {@code bytes} for a payload that is to come, if they are to be had. */
  boolean beginPayload(int bytes) {
    return payloads.tryTake(bytes);
  }

  /** A payload has come, or will not. */
  void endPayload(int bytes) {
    payloads.add(-bytes);
  }

  long usedBytes() {
    return requests.taken();
  }

  /** A connection holds so many bytes more, or less, than before. */
  void adjust(long bytes) {
    requests.add(bytes);
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
