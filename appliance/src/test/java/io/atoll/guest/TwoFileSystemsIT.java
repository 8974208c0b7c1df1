package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Linux client that mounts two file systems of one node takes them for two servers. */
@Tag("guest")
@EitherIo
class TwoFileSystemsIT {
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  @Test
  void aClientNeverMergesTwoFileSystems() throws IOException, InterruptedException {
    int first = AtollServer.freePort();
    try (AtollServer server = new AtollServer("two-file-systems-server")) {
      server.start(first);
      int second = AtollServer.freePort();
      create(server, second);
      try (LinuxGuest guest =
          LinuxGuest.named("client")
              .label("two-file-systems")
              .serverPort(first)
              .job("two-servers.sh", Integer.toString(second))
              .start()) {
        assertEquals("2", guest.awaitMarker("CLIENTS", STEP_MOST), "clients that Linux has made");
        guest.awaitMarker("SEPARATE", STEP_MOST);
        guest.awaitExit(STEP_MOST);
      }
      server.stop();
    }
  }

  private static void create(AtollServer server, int port) throws InterruptedException {
    try (AtollProcess create =
        AtollProcess.start(
            "fs", "create", "--data=" + server.dataDirectory(), "--nfs=127.0.0.1:" + port)) {
      assertEquals(0, create.awaitExit(), create.output());
    }
  }
}
