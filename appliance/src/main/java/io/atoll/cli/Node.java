package io.atoll.cli;

import io.atoll.Appliance;
import io.atoll.ApplianceSettings;
import io.atoll.StopOutcome;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An appliance in the foreground: starts it, tells the operator, and stops it in order. */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private static final String DISK_HANGS =
      "its disk does not end what it was asked for; what was acknowledged as durable is; see the"
          + " kernel's log, then start again";

  private final ApplianceSettings settings;
  private final PrintWriter out;

  Node(ApplianceSettings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
  }

  /**
   * Returns only if the store fails; SIGTERM and SIGINT end the process with 0 once all is durable.
   *
   * @return an {@link ExitCode}
   */
  int runUntilStopped() {
    Appliance appliance = Appliance.start(settings);
    Logging.keepUntilClosed();
    AtomicBoolean ending = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ending.compareAndSet(false, true)) {
                    haltAfterStopping(appliance);
                  }
                },
                "atoll-stop"));
    new Banner(settings, appliance.facts()).print(out);
    try {
      appliance.awaitFailure();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the main thread", e);
    }
    if (!ending.compareAndSet(false, true)) {
      return ExitCode.OK; // being stopped already, which halts
    }
    // Its operations do not end, so that an orderly stop would not either. All that was
    // acknowledged as durable is.
    LOG.error("the file system failed, and " + DISK_HANGS);
    Logging.close();
    return ExitCode.STORE_FAILED;
  }

  /** A process that SIGTERM ends exits with 143 unless it is halted with another code. */
  private void haltAfterStopping(Appliance appliance) {
    int exitCode = ExitCode.OK;
    try {
      out.println("Stopping: finishing what runs, and making it durable.");
      out.flush();
      exitCode = told(appliance.stop());
    } catch (RuntimeException e) {
      LOG.error("stopping failed; what was acknowledged is safe, the next start recovers it", e);
      exitCode = ExitCode.DEFECT;
    }
    Logging.close();
    Runtime.getRuntime().halt(exitCode);
  }

  private int told(StopOutcome outcome) {
    switch (outcome) {
      case ALL_ON_DISK -> {
        out.println("Stopped: all is on disk.");
        out.flush();
        return ExitCode.OK;
      }
      case NOT_ALL_WRITTEN ->
          LOG.error(
              "stopped, but not all could be written; what was acknowledged as durable is, and the"
                  + " next start recovers it");
      case DISK_HANGS -> LOG.error("stopping is given up: " + DISK_HANGS);
    }
    return ExitCode.STORE_FAILED;
  }
}
