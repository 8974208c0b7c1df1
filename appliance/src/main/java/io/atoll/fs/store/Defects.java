package io.atoll.fs.store;

import io.atoll.io.loop.Loop;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where exceptions go: each is a defect, or a value of the map that can't be, and is met by an
 * operation that must end all the same. Logged at most once a second. Loop-confined.
 */
final class Defects {
  private static final Logger LOG = LoggerFactory.getLogger(Defects.class);
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private boolean logged;
  private long loggedNanos;
  private long met;
  private long unlogged;

  Defects(Loop loop) {
    this.loop = loop;
  }

  /**
   * @param doing what was being done
   */
  void report(String doing, RuntimeException defect) {
    met++;
    long now = loop.monotonicNanos();
    if (logged && now - loggedNanos < LOG_INTERVAL_NANOS) {
      unlogged++;
      return;
    }
    LOG.error("{} failed ({} failures before it were not logged)", doing, unlogged, defect);
    logged = true;
    loggedNanos = now;
    unlogged = 0;
  }

  /** How many there were. */
  long met() {
    return met;
  }
}
