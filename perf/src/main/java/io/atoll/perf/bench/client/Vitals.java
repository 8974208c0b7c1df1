package io.atoll.perf.bench.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether a connection's server is alive: written by the connection's loop, read by who watches.
 */
public final class Vitals {
  private final AtomicLong heardNanos = new AtomicLong(System.nanoTime());
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicLong delays = new AtomicLong();

  void called(boolean first) {
    if (first) {
      heardNanos.lazySet(System.nanoTime());
    }
    unanswered.lazySet(unanswered.getPlain() + 1);
  }

  void heard(long nowNanos) {
    heardNanos.lazySet(nowNanos);
    unanswered.lazySet(unanswered.getPlain() - 1);
  }

  void delayed() {
    delays.lazySet(delays.getPlain() + 1);
  }

  /** Calls in flight. */
  public int unanswered() {
    return unanswered.get();
  }

  /** How often the server asked to come again later: NFS4ERR_DELAY or NFS4ERR_GRACE. */
  public long delays() {
    return delays.get();
  }

  /** How long calls have been in flight without any answer; 0 if there are none. */
  public long silentNanos() {
    return unanswered() == 0 ? 0 : Math.max(0, System.nanoTime() - heardNanos.get());
  }
}
