package io.atoll.io.sim;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps Atoll's log quiet: simulated faults by the thousand would fill it. */
public final class QuietLog implements AutoCloseable {

  /** Held, since loggers that nobody holds forget their level. */
  private static final Logger ATOLL = Logger.getLogger("io.atoll");

  private final Level before = ATOLL.getLevel();

  public QuietLog() {
    ATOLL.setLevel(Level.OFF);
  }

  @Override
  public void close() {
    ATOLL.setLevel(before);
  }
}
