package io.atoll.guest;

import io.atoll.io.testing.EitherIo;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A Linux client whose file system is permitted less than it asks for, for several leases on end:
 * see {@code src/test/guest/workloads/throttled.py}.
 */
@Tag("guest")
@Tag("full")
@EitherIo
class ThrottledMountIT {
  private static final Duration JOB_MOST = Duration.ofHours(2);

  @Test
  void ddSeesTheRateAndNeitherErrsNorLosesItsLease() throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (AtollServer server =
            new AtollServer("throttled-server")
                .options("--throughput-mode=provisioned", "--provisioned-mibps=2");
        LinuxGuest guest =
            LinuxGuest.named("alpha")
                .label("throttled")
                .serverPort(port)
                .job("only.sh", "throttled.py")
                .start()) {
      server.start(port);
      guest.awaitExit(JOB_MOST);
      server.stop();
    }
  }
}
