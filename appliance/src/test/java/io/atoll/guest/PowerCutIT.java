package io.atoll.guest;

import io.atoll.io.testing.EitherIo;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power of the server's machine is cut under load, and its disk forgets what was not flushed:
 * all that a client was told is there afterwards.
 *
 * <p>Unlike {@link CrashRecoveryIT} this shows durability. Two emulated machines: the server's,
 * with ext4 on a disk that the test serves and tears ({@link PowerCutDisk}), and a client's, whose
 * writers are those of {@code src/test/guest/workloads/crash.py}: files, appends, overwrites,
 * renames, locks, git, SQLite and fio.
 *
 * <p>{@code -Datoll.powercuts} says how many cuts, {@code -Datoll.powercut.minutes} how long to go
 * on with them, {@code -Datoll.powercut.seed} when they come and what survives them. What became of
 * each is in {@code target/guest/powercut.faults}.
 */
@Tag("guest")
@Tag("full")
@EitherIo
class PowerCutIT {
  private static final int CUTS = Integer.getInteger("atoll.powercuts", 20);
  private static final long SEED = Long.getLong("atoll.powercut.seed", 1);
  private static final Duration CUTTING_MOST =
      Duration.ofMinutes(Integer.getInteger("atoll.powercut.minutes", 24 * 60));

  /** Of the cuts, so many come before the writers are known to go on. */
  private static final int WHILE_RECOVERING_PERCENT = 60;

  private static final int PERCENT = 100;
  private static final Duration STEP_MOST = Duration.ofMinutes(30);

  @Test
  void whatWasAcknowledgedSurvivesPowerCuts() throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    FaultLog log = new FaultLog("powercut.faults");
    log.note(CUTS + " cuts, seed " + SEED);
    try (PowerCutServer server = new PowerCutServer("powercut-server", SEED, log)) {
      server.start(port);
      try (LinuxGuest client =
          LinuxGuest.named("alpha")
              .label("powercut-client")
              .serverPort(port)
              .job("crash.sh")
              .start()) {
        cutUnderLoad(server, port, client, log);
      }
      server.stop();
      log.note("the server stopped in order");
    }
  }

  private static void cutUnderLoad(PowerCutServer server, int port, LinuxGuest client, FaultLog log)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(SEED);
    long start = System.nanoTime();
    int cuts = 0;
    while (cuts < CUTS - 1 && System.nanoTime() - start < CUTTING_MOST.toNanos()) {
      log.note("progress: " + client.awaitMarker("PROGRESS", STEP_MOST));
      server.killMinus9();
      cuts++;
      while (cuts < CUTS - 1 && random.nextInt(PERCENT) < WHILE_RECOVERING_PERCENT) {
        server.launch(port);
        server.cutPowerWhileRecovering();
        cuts++;
      }
      server.start(port);
      client.send("restarted");
    }
    log.note("progress: " + client.awaitMarker("PROGRESS", STEP_MOST));
    client.send("stop");
    client.awaitMarker("STOPPED", STEP_MOST);
    // The last one, so that what is checked is what the disk kept.
    server.killMinus9();
    server.start(port);
    client.send("verify");
    log.note(
        "verified, nothing acknowledged is lost: " + client.awaitMarker("VERIFIED", STEP_MOST));
    client.awaitExit(STEP_MOST);
  }
}
