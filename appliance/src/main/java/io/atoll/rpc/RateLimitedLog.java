package io.atoll.rpc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * A line that clients can provoke: written at most once a second, with the number of those left
 * out. One object for each kind of line. Confined to a loop.
 */
public final class RateLimitedLog {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private final LongSupplier monotonicNanos;
  private long nextNanos;
  private boolean started;
  private long leftOut;

  public RateLimitedLog(Logger log, LongSupplier monotonicNanos) {
    this.log = log;
    this.monotonicNanos = monotonicNanos;
  }

  public void warn(String what, Object detail) {
    long now = monotonicNanos.getAsLong();
    if (started && now - nextNanos < 0) {
      leftOut++;
      return;
    }
    started = true;
    nextNanos = now + INTERVAL_NANOS;
    if (leftOut > 0) {
      log.warn("{}: {} (and {} more like it)", what, detail, leftOut);
    } else {
      log.warn("{}: {}", what, detail);
    }
    leftOut = 0;
  }

  /** As {@link #warn}, for a defect of ours. */
  public void error(String what, Throwable cause) {
    long now = monotonicNanos.getAsLong();
    if (started && now - nextNanos < 0) {
      leftOut++;
      return;
    }
    started = true;
    nextNanos = now + INTERVAL_NANOS;
    log.error("{} ({} more like it left out)", what, leftOut, cause);
    leftOut = 0;
  }
}
