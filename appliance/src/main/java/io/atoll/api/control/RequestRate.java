package io.atoll.api.control;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A bucket of requests that fills at a rate. Confined to the server's loop. */
final class RequestRate {
  private final long nanosPerRequest;
  private final long burstNanos;
  private final LongSupplier nanoTime;

  /** When the bucket is full again, if nothing is taken. */
  private long fullAtNanos;

  /**
   * @param perSecond how fast it fills
   * @param burst how many it holds
   */
  RequestRate(int perSecond, int burst, LongSupplier nanoTime) {
    nanosPerRequest = TimeUnit.SECONDS.toNanos(1) / perSecond;
    burstNanos = burst * nanosPerRequest;
    this.nanoTime = nanoTime;
    fullAtNanos = nanoTime.getAsLong();
  }

  /** Takes a request out, if there is one. */
  boolean take() {
    long now = nanoTime.getAsLong();
    long fullAt = fullAtNanos - now < 0 ? now : fullAtNanos;
    if (fullAt + nanosPerRequest - now > burstNanos) {
      return false;
    }
    fullAtNanos = fullAt + nanosPerRequest;
    return true;
  }
}
