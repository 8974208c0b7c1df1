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
    run("mount", "ring", "basic.sh");
  }

  @Test
  void filesAndNamesHoldWithoutRing() throws IOException, InterruptedException {
    run("mount-nio", "nio", "only.sh", "file-io.py", "namespace.py");
  }

  @Test
  @Tag("full")
  void everyWorkloadHoldsWithoutRing() throws IOException, InterruptedException {
    run("mount-nio-full", "nio", "basic.sh");
  }

  private static void run(String label, String io, String job, String... workloads)
      throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer(label + "-server", io);
        LinuxGuest guest =
            LinuxGuest.named("alpha").label(label).serverPort(port).job(job, workloads).start()) {
      server.start(port);
      guest.awaitExit(JOB_MOST);
      server.stop();
    }
  }
}
