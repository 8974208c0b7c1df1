package io.atoll.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sends what is logged through SLF4J to standard error, one line an event. */
final class Logging {
  private static final String FORMAT_KEY = "java.util.logging.SimpleFormatter.format";

  /** Time, level, logger, message, and the stack only of what carries one. */
  private static final String ONE_LINE = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n";

  private static final String MANAGER_KEY = "java.util.logging.manager";

  static {
    // Asked for when a class of the JDK's logging is first used: KeptLogManager is one of them.
    if (System.getProperty(MANAGER_KEY) == null) {
      System.setProperty(MANAGER_KEY, KeptLogManager.class.getName());
    }
  }

  /** Loggers are held weakly by the log manager: without this the level would be forgotten. */
  private static final Logger ATOLL = Logger.getLogger("io.atoll");

  /** Warns that Vert.x asks for a gauge once for each request, which is how Vert.x finds it. */
  private static final Logger METERS =
      Logger.getLogger("io.micrometer.core.instrument.MeterRegistry");

  private Logging() {}

  /** Quiet: warnings and errors only. */
  static void configure() {
    if (System.getProperty(FORMAT_KEY) == null) {
      System.setProperty(FORMAT_KEY, ONE_LINE);
    }
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    LogManager.getLogManager().reset();
    ConsoleHandler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.addHandler(console);
    root.setLevel(Level.WARNING);
    METERS.setLevel(Level.SEVERE);
  }

  /** What is logged is shown until {@link #close}, while the JVM shuts down, too. */
  static void keepUntilClosed() {
    KeptLogManager.keepHandlers();
  }

  /** Nothing more is to be logged. */
  static void close() {
    KeptLogManager.closeHandlers();
  }

  /** Shows more of Atoll's own events. */
  static void verbose() {
    ATOLL.setLevel(Level.INFO);
  }
}
