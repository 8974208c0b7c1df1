package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.ondisk.SmallDisk;
import io.atoll.process.AtollProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Linux client fills the server's disk, deletes and writes again; the server is never restarted.
 * See {@code src/test/guest/workloads/full-disk.py}.
 */
@Tag("guest")
@EitherIo
class FullDiskIT {
  /** Of which a node leaves 512 MiB to its log and index. */
  private static final long DISK_BYTES = 768L << 20;

  private static final Duration JOB_MOST = Duration.ofMinutes(30);

  @TempDir private Path folder;

  @Test
  void aFullDiskIsToldAndEmptiedAndWrittenAgain() throws Exception {
    SmallDisk.assumePossible();
    int port = AtollServer.freePort();
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      try (ServerUnderTest server = new AtollServer("full-disk-server").data(data);
          LinuxGuest guest =
              LinuxGuest.named("alpha")
                  .label("full-disk")
                  .serverPort(port)
                  .job("only.sh", "full-disk.py")
                  .start()) {
        server.start(port);
        guest.awaitExit(JOB_MOST);
        server.stop();
      }
      try (AtollProcess check =
          AtollProcess.start(
              "fsck", "--data=" + data, "--data-blocks", "--scratch=" + folder.toAbsolutePath())) {
        assertEquals(ExitCode.OK, check.awaitExit(), check.output());
      }
    }
  }
}
