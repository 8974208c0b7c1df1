package io.atoll.guest;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the server under load: the mount recovers by itself, and all that was
 * acknowledged is there.
 *
 * <p>This shows recovery, not durability: what the server wrote to the page cache survives its
 * death. See {@code src/test/guest/workloads/crash.py} for the writers.
 */
@Tag("guest")
class CrashRecoveryIT {
  private static final int KILLS = 3;
  private static final int KILLS_IN_FULL = 20;
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  @Test
  void acknowledgedWritesSurviveKills() throws IOException, InterruptedException {
    killUnderLoad(KILLS);
  }

  @Test
  @Tag("full")
  void acknowledgedWritesSurviveManyKills() throws IOException, InterruptedException {
    killUnderLoad(KILLS_IN_FULL);
  }

  /**
   * The last kill comes when the guest has unmounted, so that what it checks was read from the
   * disk.
   */
  private void killUnderLoad(int kills) throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer("crash-server");
        LinuxGuest guest =
            LinuxGuest.named("alpha").label("crash").serverPort(port).job("crash.sh").start()) {
      server.start(port);
      for (int kill = 0; kill < kills; kill++) {
        guest.awaitMarker("PROGRESS", STEP_MOST);
        server.killMinus9();
        server.start(port);
        guest.send("restarted");
      }
      guest.awaitMarker("PROGRESS", STEP_MOST);
      guest.send("stop");
      guest.awaitMarker("STOPPED", STEP_MOST);
      server.killMinus9();
      server.start(port);
      guest.send("verify");
      guest.awaitExit(STEP_MOST);
    }
  }
}
