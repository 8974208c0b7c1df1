package io.atoll.cli;

import io.atoll.Appliance;
import io.atoll.ApplianceSettings;
import io.atoll.StopOutcome;
import io.atoll.StopRequest;
import java.io.PrintWriter;
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
   * Returns when the node has stopped, as SIGTERM or SIGINT asked, or the store has failed.
   *
   * @return an {@link ExitCode}
   */
  int runUntilStopped() {
    Logging.keepUntilClosed();
    StopRequest request = new StopRequest();
    ProcessEnd.heedSignals(() -> {
      out.println("Stopping: finishing what runs, and making it durable.");
      out.flush();
      request.make();
    });
    try {
      return run(Appliance.start(settings, request));
    } finally {
      ProcessEnd.heedSignalsNoMore();
    }
  }

  private int run(Appliance appliance) {
    if (appliance.isReady()) {
      new Banner(settings, appliance.facts()).print(out);
    }
    if (appliance.awaitFailureOrStop()) {
      // Its operations do not end, so that an orderly stop would not either. All that was
      // acknowledged as durable is.
      LOG.error("the file system failed, and " + DISK_HANGS);
      return ExitCode.STORE_FAILED;
    }
    try {
      return told(appliance.stop());
    } catch (RuntimeException e) {
      LOG.error("stopping failed; what was acknowledged is safe, the next start recovers it", e);
      return ExitCode.DEFECT;
    }
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
