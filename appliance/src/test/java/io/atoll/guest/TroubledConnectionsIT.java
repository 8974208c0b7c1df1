package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.process.EitherPerformance;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Connections are cut and delayed at random, and replies are lost when what they answer has been
 * done: nothing is done twice, and each call has its outcome in the end. See {@code
 * src/test/guest/workloads/trouble.py} for the work.
 *
 * <p>{@code -Datoll.trouble.seed} says when what happens, {@code -Datoll.trouble.seconds} for how
 * long in the full profile.
 */
@Tag("guest")
@EitherIo
@EitherPerformance
class TroubledConnectionsIT {
  private static final long SEED = Long.getLong("atoll.trouble.seed", 1);
  private static final int SECONDS = 30;
  private static final int SECONDS_IN_FULL = Integer.getInteger("atoll.trouble.seconds", 1_800);
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  /** Long against the time for which a client is away, so that its state is not in question. */
  private static final int LEASE_SECONDS = 90;

  @Test
  void nothingIsDoneTwiceOrLost() throws IOException, InterruptedException {
    work(SECONDS, "4.1", "4.0");
  }

  @Test
  @Tag("full")
  void nothingIsDoneTwiceOrLostForLong() throws IOException, InterruptedException {
    work(SECONDS_IN_FULL, "4.1", "4.0");
  }

  private static void work(int seconds, String... versions)
      throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer("trouble-server").leaseSeconds(LEASE_SECONDS);
        TroubledLink link = new TroubledLink(port, SEED)) {
      server.start(port);
      try (LinuxGuest guest =
          LinuxGuest.named("alpha")
              .label("trouble")
              .serverPort(link.port())
              .job("trouble.sh", versions)
              .start()) {
        FaultLog log = new FaultLog("trouble.faults");
        log.note("seed " + SEED + ", " + seconds + " s of each of " + String.join(", ", versions));
        for (String version : versions) {
          int lossesBefore = link.losses.get();
          guest.awaitMarker("WORKING", STEP_MOST);
          link.troubled(true);
          Thread.sleep(Duration.ofSeconds(seconds));
          link.troubled(false);
          guest.send("enough");
          log.note(version + ": " + guest.awaitMarker("VERIFIED", STEP_MOST) + "; " + link);
          assertTrue(link.losses.get() > lossesBefore, "no reply was lost: " + link);
        }
        guest.awaitExit(STEP_MOST);
      }
      server.stop();
    }
  }
}
