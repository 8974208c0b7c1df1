package io.atoll.cli;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process ends. SIGTERM and SIGINT end it at once, with 143 and 130; but while the main
 * thread heeds them they only ask for the end, and the main thread then ends the process itself,
 * with a code of its own.
 */
final class ProcessEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  /** A node takes at most five minutes to stop. Before that, a start may hang with its disk. */
  private static final Duration MOST = Duration.ofMinutes(6);

  private static State state = State.UNHEEDED;
  private static Runnable asked;
  private static boolean hooked;

  private ProcessEnd() {}

  /**
   * From now on the main thread heeds signals.
   *
   * @param ask run once, by another thread, when one comes; the main thread is to come to {@link
   *     #exit} then
   */
  static synchronized void heedSignals(Runnable ask) {
    if (state == State.UNHEEDED) {
      state = State.HEEDED;
      asked = ask;
    }
    if (!hooked) {
      hooked = true;
      Runtime.getRuntime().addShutdownHook(new Thread(ProcessEnd::shutDown, "atoll-stop"));
    }
  }

  /** What runs now may be ended at once. */
  static synchronized void heedSignalsNoMore() {
    if (state == State.HEEDED) {
      state = State.UNHEEDED;
    }
  }

  /** Whether a signal has come that the main thread is to heed. */
  static synchronized boolean isAskedFor() {
    return state == State.ASKED_FOR;
  }

  /** Run when the JVM begins to shut down, which it goes on with when this returns. */
  private static void shutDown() {
    synchronized (ProcessEnd.class) {
      if (state != State.HEEDED) {
        return;
      }
      state = State.ASKED_FOR;
    }
    asked.run();
    try {
      Thread.sleep(MOST);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a shutdown hook", e);
    }
    LOG.error("stopping is given up: the disk does not end what it was asked for");
    halt(ExitCode.STORE_FAILED);
  }

  /** Ends the process with {@code exitCode}; to be called by the main thread. */
  static void exit(int exitCode) {
    synchronized (ProcessEnd.class) {
      if (state != State.ASKED_FOR) {
        state = State.ENDING;
      }
    }
    if (isAskedFor()) {
      halt(exitCode); // the JVM is shutting down already, and would end with the signal's code
    }
    System.exit(exitCode);
  }

  private static void halt(int exitCode) {
    Logging.close();
    Runtime.getRuntime().halt(exitCode);
  }

  private enum State {
    /** The process ends with the signal. */
    UNHEEDED,
    HEEDED,
    /** One has come while they were heeded. */
    ASKED_FOR,
    /** The process ends anyway. */
    ENDING
  }
}
