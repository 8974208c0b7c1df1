package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.EitherIo;
import io.atoll.process.EitherPerformance;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A client stands still past its lease, and another one gets what it held: the first one is told
 * when it goes on, and harms nothing. See {@code src/test/guest/workloads/frozen.py}.
 */
@Tag("guest")
@EitherIo
@EitherPerformance
class FrozenGuestIT {
  private static final Duration STEP_MOST = Duration.ofMinutes(10);
  private static final int LEASE_SECONDS = 10;

  @Test
  void aFrozenClientLearnsThatItsLockWasGivenAway() throws IOException, InterruptedException {
    freeze("4.1");
  }

  @Test
  @Tag("full")
  void aFrozenClientLearnsThatItsLockWasGivenAwayOverNfs40()
      throws IOException, InterruptedException {
    freeze("4.0");
  }

  private static void freeze(String version) throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer("frozen-server").leaseSeconds(LEASE_SECONDS);
        LinuxGuest alpha = guest("alpha", port, version);
        LinuxGuest beta = guest("beta", port, version)) {
      server.start(port);
      meet("made", alpha, beta);
      meet("held", alpha, beta);
      alpha.awaitMarker("HOLDS", STEP_MOST);
      alpha.freeze();
      beta.send("alpha is frozen");
      beta.awaitMarker("TAKEN", STEP_MOST);
      alpha.thaw();
      alpha.send("thawed");
      meet("learnt", alpha, beta);
      alpha.awaitExit(STEP_MOST);
      beta.awaitExit(STEP_MOST);
      server.stop();
    }
  }

  private static LinuxGuest guest(String name, int port, String version)
      throws InterruptedException {
    return LinuxGuest.named(name)
        .label("frozen-" + name)
        .serverPort(port)
        .mountVersion(version)
        .job("pair.sh", "frozen.py", "--server-was-killed")
        .start();
  }

  private static void meet(String barrier, LinuxGuest... guests) throws InterruptedException {
    for (LinuxGuest guest : guests) {
      assertEquals(barrier, guest.awaitMarker("BARRIER", STEP_MOST));
    }
    for (LinuxGuest guest : guests) {
      guest.send("go " + barrier);
    }
  }
}
