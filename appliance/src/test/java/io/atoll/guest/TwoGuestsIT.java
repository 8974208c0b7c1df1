package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.EitherIo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two Linux clients on one file system: their locks exclude each other, and each sees the other's
 * changes.
 */
@Tag("guest")
@EitherIo
class TwoGuestsIT {
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  private int port;

  @BeforeEach
  void choosePort() {
    port = AtollServer.freePort();
  }

  @Test
  void locksAndNamesAgreeBetweenTwoClients() throws IOException, InterruptedException {
    try (ServerUnderTest server = new AtollServer("two-guests-server");
        LinuxGuest alpha = guest("alpha", "two-guests");
        LinuxGuest beta = guest("beta", "two-guests")) {
      server.start(port);
      String barrier = nextBarrier(alpha);
      while (!barrier.isEmpty()) {
        meet(barrier, beta);
        release(barrier, alpha, beta);
        barrier = nextBarrier(alpha);
      }
      alpha.awaitExit(STEP_MOST);
      beta.awaitExit(STEP_MOST);
    }
  }

  @Test
  void lockOutlivesRestartOfServerButNotLeaseOfItsOwner() throws IOException, InterruptedException {
    try (ServerUnderTest server = new AtollServer("lock-owner-server");
        LinuxGuest alpha = guest("alpha", "lock-owner", "--server-was-killed");
        LinuxGuest beta = guest("beta", "lock-owner", "--server-was-killed")) {
      server.start(port);
      for (String barrier : List.of("made", "held")) {
        meet(barrier, alpha, beta);
        release(barrier, alpha, beta);
      }
      meet("refused", alpha, beta);
      server.killMinus9();
      server.start(port);
      release("refused", alpha, beta);
      meet("reclaimed", alpha, beta);
      release("reclaimed", alpha, beta);
      alpha.awaitMarker("REFUSED", STEP_MOST);
      beta.kill();
      alpha.send("beta is dead");
      alpha.awaitExit(STEP_MOST);
    }
  }

  private LinuxGuest guest(String name, String workload, String... options)
      throws InterruptedException {
    return LinuxGuest.named(name)
        .label(workload + "-" + name)
        .serverPort(port)
        .job(
            "pair.sh",
            Stream.concat(Stream.of(workload + ".py"), Stream.of(options)).toArray(String[]::new))
        .start();
  }

  /** The name of the next barrier, or nothing when the workload is through. */
  private static String nextBarrier(LinuxGuest guest) throws InterruptedException {
    LinuxGuest.Marker marker = guest.nextMarker(STEP_MOST);
    return marker.name().equals("BARRIER") ? marker.value() : "";
  }

  private static void meet(String barrier, LinuxGuest... guests) throws InterruptedException {
    for (LinuxGuest guest : guests) {
      assertEquals(barrier, guest.awaitMarker("BARRIER", STEP_MOST));
    }
  }

  private static void release(String barrier, LinuxGuest... guests) {
    for (LinuxGuest guest : guests) {
      guest.send("go " + barrier);
    }
  }
}
