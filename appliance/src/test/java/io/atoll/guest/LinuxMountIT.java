package io.atoll.guest;

import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
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

  @EitherIo
  @Test
  void everyWorkloadHoldsOnOneMountAndIsSeenAgainAfterRemount()
      throws IOException, InterruptedException {
    run("mount", "4.1", IoUnderTest.option(), "basic.sh");
  }

  /** In every build, whatever else runs on NIO. */
  @Test
  void filesAndNamesHoldWithoutRing() throws IOException, InterruptedException {
    run("mount-nio", "4.1", "--io=nio", "only.sh", "file-io.py", "namespace.py");
  }

  @EitherIo
  @Test
  void filesAndLocksHoldOverNfs40() throws IOException, InterruptedException {
    run("mount-40", "4.0", IoUnderTest.option(), "only.sh", "file-io.py", "locks.py");
  }

  @EitherIo
  @Test
  @Tag("full")
  void everyWorkloadHoldsOverNfs40() throws IOException, InterruptedException {
    run("mount-40-all", "4.0", IoUnderTest.option(), "basic.sh");
  }

  private static void run(String label, String version, String io, String job, String... workloads)
      throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer(label + "-server", io);
        LinuxGuest guest =
            LinuxGuest.named("alpha")
                .label(label)
                .serverPort(port)
                .mountVersion(version)
                .job(job, workloads)
                .start()) {
      server.start(port);
      guest.awaitExit(JOB_MOST);
      server.stop();
    }
  }
}
