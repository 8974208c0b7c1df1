package io.atoll.perf.bench.workload;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes that a server had acknowledged as unstable and then lost, as its write verifier tells.
 * They are sent again, and count once. Thread-safe.
 */
public final class LostWrites {
  private final AtomicLong counted = new AtomicLong();
  private final AtomicLong uncounted = new AtomicLong();

  /** Some that had been counted as done. */
  void add(long writes) {
    counted.addAndGet(writes);
  }

  /** Some of operations that are not done yet. */
  void addUncounted(long writes) {
    uncounted.addAndGet(writes);
  }

  /** All of them since it was asked last. */
  public Lost take() {
    long done = counted.getAndSet(0);
    return new Lost(done + uncounted.getAndSet(0), done);
  }

  /**
   * @param writes that were lost
   * @param counted those of them that had been counted as done
   */
  public record Lost(long writes, long counted) {}
}
