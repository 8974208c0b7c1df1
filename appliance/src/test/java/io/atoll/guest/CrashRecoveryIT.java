package io.atoll.guest;

import io.atoll.io.testing.EitherIo;
import io.atoll.process.EitherPerformance;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the server under load: the mount recovers by itself, and all that was
 * acknowledged is there.
 *
 * <p>This shows recovery, not durability: what the server wrote to the page cache survives its
 * death. See {@code src/test/guest/workloads/crash.py} for the writers.
 *
 * <p>{@code -Datoll.kills} says how many kills in the full profile, {@code -Datoll.kill.seed} when
 * they come. What became of each is in {@code target/guest/crash.faults}.
 */
@Tag("guest")
@EitherIo
@EitherPerformance
class CrashRecoveryIT {
  private static final int KILLS = 4;

  /** One of so many kills at least; the last one comes when nothing runs any more. */
  private static final int UNDER_LOAD_ONE_IN = 2;

  private static final int KILLS_IN_FULL = Integer.getInteger("atoll.kills", 20);
  private static final long SEED = Long.getLong("atoll.kill.seed", 1);
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  /** Of the kills, so many come before the writers are known to go on. */
  private static final int WHILE_RECOVERING_PERCENT = 70;

  /** From its launch: before it serves, while clients reclaim, while writers come back. */
  private static final int LIFE_WHILE_RECOVERING_MILLIS_MOST = 12_000;

  private static final int LIFE_AFTER_PROGRESS_MILLIS_MOST = 2_000;
  private static final int PERCENT = 100;

  /** With kills in a row a client may be away for long. Grace ends when all have reclaimed. */
  private static final int LEASE_SECONDS = 90;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void acknowledgedWritesSurviveKills() throws IOException, InterruptedException {
    killUnderLoad(KILLS, "4.1");
  }

  @Test
  @Tag("full")
  void acknowledgedWritesSurviveManyKills() throws IOException, InterruptedException {
    killUnderLoad(KILLS_IN_FULL, "4.1");
  }

  @Test
  @Tag("full")
  void acknowledgedWritesSurviveKillsOverNfs40() throws IOException, InterruptedException {
    killUnderLoad(KILLS, "4.0");
  }

  /**
   * The last kill comes when the guest has unmounted, so that what it checks was read from the
   * disk.
   */
  private void killUnderLoad(int kills, String version) throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    FaultLog log = new FaultLog("crash.faults");
    log.note(kills + " kills, seed " + SEED);
    try (ServerUnderTest server = new AtollServer("crash-server").leaseSeconds(LEASE_SECONDS);
        LinuxGuest guest =
            LinuxGuest.named("alpha")
                .label("crash")
                .serverPort(port)
                .mountVersion(version)
                .job("crash.sh")
                .start()) {
      server.start(port);
      int killed = 0;
      int whileRecovering = 0;
      while (killed < kills - 1) {
        log.note("progress: " + guest.awaitMarker("PROGRESS", STEP_MOST));
        Thread.sleep(random.nextInt(LIFE_AFTER_PROGRESS_MILLIS_MOST));
        server.killMinus9();
        log.note("kill " + ++killed + ", under load");
        int most = kills - 1 - kills / UNDER_LOAD_ONE_IN - whileRecovering;
        int more = killWhileRecovering(server, port, most, killed, log);
        whileRecovering += more;
        killed += more;
        server.start(port);
        log.note("serves");
        guest.send("restarted");
      }
      log.note("progress: " + guest.awaitMarker("PROGRESS", STEP_MOST));
      guest.send("stop");
      guest.awaitMarker("STOPPED", STEP_MOST);
      server.killMinus9();
      log.note("kill " + kills + ", unmounted");
      server.start(port);
      guest.send("verify");
      log.note(
          "verified, nothing acknowledged is lost: " + guest.awaitMarker("VERIFIED", STEP_MOST));
      guest.awaitExit(STEP_MOST);
    }
  }

  /** Kills it at random moments of coming back, or not at all, and returns how often. */
  private int killWhileRecovering(
      ServerUnderTest server, int port, int most, int killedBefore, FaultLog log)
      throws InterruptedException {
    int killed = 0;
    while (killed < most && random.nextInt(PERCENT) < WHILE_RECOVERING_PERCENT) {
      server.launch(port);
      int lifeMillis = random.nextInt(LIFE_WHILE_RECOVERING_MILLIS_MOST);
      Thread.sleep(lifeMillis);
      server.killMinus9();
      killed++;
      log.note("kill " + (killedBefore + killed) + ", " + lifeMillis + " ms after its launch");
    }
    return killed;
  }
}
