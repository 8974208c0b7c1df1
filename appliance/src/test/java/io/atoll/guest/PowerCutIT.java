package io.atoll.guest;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power of the server's machine is cut under load, and its disk forgets what was not flushed:
 * all that a client was told is there afterwards.
 *
 * <p>Unlike {@link CrashRecoveryIT} this shows durability. Two emulated machines: the server's,
 * with ext4 on a disk that the test serves and tears ({@link PowerCutDisk}), and a client's, whose
 * writers are those of {@code src/test/guest/workloads/crash.py}: files, appends, overwrites,
 * renames, locks, git and SQLite.
 *
 * <p>{@code -Datoll.powercuts} says how many cuts, {@code -Datoll.powercut.seed} what survives
 * them.
 */
@Tag("guest")
@Tag("full")
class PowerCutIT {
  private static final int CUTS = Integer.getInteger("atoll.powercuts", 20);
  private static final long SEED = Long.getLong("atoll.powercut.seed", 1);
  private static final Duration STEP_MOST = Duration.ofMinutes(30);

  @Test
  void whatWasAcknowledgedSurvivesPowerCuts() throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (PowerCutServer server = new PowerCutServer("powercut-server", SEED)) {
      server.start(port);
      try (LinuxGuest client =
          LinuxGuest.named("alpha")
              .label("powercut-client")
              .serverPort(port)
              .job("crash.sh")
              .start()) {
        cutUnderLoad(server, port, client);
      }
      server.stop();
    }
  }

  private static void cutUnderLoad(PowerCutServer server, int port, LinuxGuest client)
      throws InterruptedException {
    for (int cut = 0; cut < CUTS - 1; cut++) {
      server.note("acknowledged: " + client.awaitMarker("PROGRESS", STEP_MOST));
      server.killMinus9();
      server.start(port);
      client.send("restarted");
    }
    server.note("acknowledged: " + client.awaitMarker("PROGRESS", STEP_MOST));
    client.send("stop");
    client.awaitMarker("STOPPED", STEP_MOST);
    // The last one, so that what is checked is what the disk kept.
    server.killMinus9();
    server.start(port);
    client.send("verify");
    client.awaitExit(STEP_MOST);
    server.note("verified: nothing acknowledged is lost");
  }
}
