package io.atoll.cli;

import java.util.logging.LogManager;

/**
 * A log manager whose handlers stay until the program says that it has ended. The JDK's closes them
 * when the JVM begins to shut down, beside the hook that stops a node: what that one has to say
 * would be lost.
 */
public final class KeptLogManager extends LogManager {
  private volatile boolean kept;

  /** Called by the JDK, once. */
  public KeptLogManager() {}

  /** From now on handlers stay. */
  static void keepHandlers() {
    if (LogManager.getLogManager() instanceof KeptLogManager manager) {
      manager.kept = true;
    }
  }

  /** Nothing more is to be logged: closes all handlers. */
  static void closeHandlers() {
    if (LogManager.getLogManager() instanceof KeptLogManager manager) {
      manager.kept = false;
      manager.reset();
    }
  }

  @Override
  public void reset() {
    if (!kept) {
      super.reset();
    }
  }
}
