package io.atoll.guest;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The Linux kernel's client mounts the server and works on it; see {@code
 * src/test/guest/jobs/basic.sh}.
 */
@Tag("guest")
class LinuxMountIT {
  private static final Duration JOB_MOST = Duration.ofHours(2);

  @Test
  void everyWorkloadHoldsOnOneMountAndIsSeenAgainAfterRemount()
      throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer("mount-server");
        LinuxGuest guest =
            LinuxGuest.named("alpha").label("mount").serverPort(port).job("basic.sh").start()) {
      server.start(port);
      guest.awaitExit(JOB_MOST);
      server.stop();
    }
  }
}
