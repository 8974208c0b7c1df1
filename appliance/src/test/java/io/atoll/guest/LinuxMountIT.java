package io.atoll.guest;

import io.atoll.io.testing.EitherIo;
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
    run("mount", "4.1");
  }

  /** In every build, whatever else runs on NIO; in one guest, for the sake of its boot. */
  @Test
  void filesNamesAndLocksHoldWithoutRingAndOverNfs40() throws IOException, InterruptedException {
    int portOnNio = AtollServer.freePort();
    int port = AtollServer.freePort();
    try (ServerUnderTest onNio = new AtollServer("mount-nio-server", "--io=nio");
        ServerUnderTest server = new AtollServer("mount-40-server");
        LinuxGuest guest =
            LinuxGuest.named("alpha")
                .label("mounts")
                .job(
                    "mounts.sh",
                    portOnNio + ",4.1,file-io.py,namespace.py",
                    port + ",4.0,file-io.py,locks.py")
                .start()) {
      onNio.start(portOnNio);
      server.start(port);
      guest.awaitExit(JOB_MOST);
      onNio.stop();
      server.stop();
    }
  }

  @EitherIo
  @Test
  @Tag("full")
  void everyWorkloadHoldsOverNfs40() throws IOException, InterruptedException {
    run("mount-40-all", "4.0");
  }

  private static void run(String label, String version) throws IOException, InterruptedException {
    int port = AtollServer.freePort();
    try (ServerUnderTest server = new AtollServer(label + "-server");
        LinuxGuest guest =
            LinuxGuest.named("alpha")
                .label(label)
                .serverPort(port)
                .mountVersion(version)
                .job("basic.sh")
                .start()) {
      server.start(port);
      guest.awaitExit(JOB_MOST);
      server.stop();
    }
  }
}
