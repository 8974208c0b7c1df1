package io.atoll.ondisk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a node whose disk takes nothing any more: it says so, and that is no defect. */
@EitherIo
class StopWithoutDiskIT {
  private static final long DISK_BYTES = 1L << 30;
  private static final Duration FENCED_WITHIN = Duration.ofSeconds(60);
  private static final int MAX_FILES = 100_000;

  @TempDir private Path folder;

  @BeforeEach
  void needsToMount() {
    SmallDisk.assumePossible();
  }

  @Test
  void aNodeWhoseDiskTurnedReadOnlyStopsWithACodeOfItsOwn() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      try (AtollProcess node = serve(data)) {
        node.awaitReady();
        try (NfsClient client = new NfsClient(node.nfsPort(), "writer", 1)) {
          make(client, "before").is(Nfs4Status.OK);
          disk.remount("abort");
          assertThrows(IOException.class, () -> makeUntilCut(client));
        }
        node.awaitLine(line -> line.contains("is not served for"), FENCED_WITHIN);
        node.terminate();
        assertEquals(ExitCode.STORE_FAILED, node.awaitExit(), node.output());
        assertTrue(node.output().contains("stopped, but not all could be written"), node::output);
        assertTrue(node.output().contains("control.json can't be removed"), node::output);
        assertNoStack(node.output());
      }
    }
  }

  /** What can't be put back in order behind a start that failed does not hide why it did. */
  @Test
  void aStartWhoseDiskTurnsReadOnlySaysWhyItFails() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      String name;
      try (AtollProcess node = serve(data)) {
        node.awaitReady();
        name = AtollProcess.field(node.output(), "file system").split(" ", 2)[0];
        node.terminate();
        assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      }
      try (HeldFile held = HeldFile.dataOf(data.resolve(name));
          AtollProcess node = serve(data)) {
        node.awaitLine(line -> line.contains("is held by another process"), FENCED_WITHIN);
        disk.remount("abort");
        held.release();
        assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
        assertTrue(
            node.output().contains("atoll: the file system in " + data.resolve(name)),
            node::output);
        assertNoStack(node.output());
      }
    }
  }

  private static AtollProcess serve(Path data) {
    return AtollProcess.startBriefly("serve", "--data=" + data, "--nfs=127.0.0.1:0");
  }

  private static Reply make(NfsClient client, String name) throws IOException {
    return client.call(Requests.putRoot(), Requests.openCreating(name, Requests.WRITE, 0600, -1));
  }

  private static void makeUntilCut(NfsClient client) throws IOException {
    for (int i = 0; i < MAX_FILES; i++) {
      make(client, "after" + i);
    }
  }

  private static void assertNoStack(String output) {
    assertFalse(output.lines().anyMatch(line -> line.startsWith("\tat ")), output);
  }
}
