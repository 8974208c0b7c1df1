package io.atoll.ondisk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.OfflineCheck;
import io.atoll.cli.ExitCode;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that leaves a node in the midst of writes and comes back: all acknowledged is there. */
@EitherIo
class ReturningDiskIT {
  private static final long OUTER_BYTES = 2L << 30;
  private static final long DISK_BYTES = 1L << 30;
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 64;
  private static final int MAX_BLOCKS = 100_000;
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(60);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  @TempDir private Path folder;
  private Path data;

  @BeforeEach
  void needsToMount() {
    SmallDisk.assumePossible();
  }

  private AtollProcess serve() throws InterruptedException {
    AtollProcess node =
        AtollProcess.startBriefly(
            "serve", "--data=" + data, "--nfs=127.0.0.1:0", "--lease-seconds=5");
    node.awaitReady();
    return node;
  }

  @Test
  void aDiskThatHangsGoesOnWithWhatItHadUnderWay() throws Exception {
    try (SmallDisk outer = SmallDisk.make(folder, OUTER_BYTES)) {
      Path inside = Files.createDirectory(outer.path().resolve("inside"));
      try (SmallDisk disk = SmallDisk.make(inside, DISK_BYTES)) {
        data = disk.path().resolve("data");
        try (AtollProcess node = serve();
            NfsClient client = new NfsClient(node.nfsPort(), "writer", 2)) {
          OpenFile file = new OpenFile(client, "file");
          for (int i = 0; i < BLOCKS; i++) {
            client.call(file.write(i)).is(Nfs4Status.OK);
          }
          outer.freeze();
          try {
            client.send(file.write(BLOCKS));
            await(() -> disk.writesInFlight() > 0);
          } finally {
            outer.thaw();
          }
          client.receive().is(Nfs4Status.OK);
          for (int i = BLOCKS + 1; i < 2 * BLOCKS; i++) {
            client.call(file.write(i)).is(Nfs4Status.OK);
          }
          readBack(node, "file", 2 * BLOCKS);
          node.terminate();
          assertEquals(ExitCode.OK, node.awaitExit(), node.output());
        }
        assertClean();
      }
    }
  }

  @Test
  void aDiskThatTurnsReadOnlyUnderLoadIsToldAndWrittenAgainWhenItCanBe() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      data = disk.path().resolve("data");
      int acknowledged = 0;
      try (AtollProcess node = serve()) {
        try (NfsClient client = new NfsClient(node.nfsPort(), "writer", 2)) {
          OpenFile file = new OpenFile(client, "file");
          while (acknowledged < MAX_BLOCKS) {
            if (acknowledged == BLOCKS) {
              disk.turnReadOnly();
            }
            client.call(file.write(acknowledged)).is(Nfs4Status.OK);
            acknowledged++;
          }
        } catch (IOException cut) {
          // clients of what can't be written any more are disconnected
        }
        assertTrue(acknowledged >= BLOCKS && acknowledged < MAX_BLOCKS, acknowledged + " writes");
        node.awaitLine(line -> line.contains("is fenced: its disk could not write"), TOLD_WITHIN);
        String down = node.awaitLine(line -> line.contains("is not served for"), TOLD_WITHIN);
        assertTrue(down.contains("Read-only"), down);
        node.terminate();
        node.awaitExit();
      }
      disk.repair();
      try (AtollProcess node = serve()) {
        readBack(node, "file", acknowledged);
        try (NfsClient client = new NfsClient(node.nfsPort(), "writer again", 2)) {
          client.reclaimComplete();
          OpenFile file = new OpenFile(client, "again");
          for (int i = 0; i < BLOCKS; i++) {
            client.call(file.write(i)).is(Nfs4Status.OK);
          }
        }
        readBack(node, "again", BLOCKS);
        node.terminate();
        assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      }
      assertClean();
    }
  }

  /** A file that a client has made and holds open. */
  private static final class OpenFile {
    private final Stateid stateid;
    private final byte[] handle;

    OpenFile(NfsClient client, String name) throws Exception {
      Reply[] made = new Reply[1];
      await(() -> {
        made[0] =
            client.call(
                Requests.putRoot(),
                Requests.openCreating(name, Requests.BOTH, 0644, -1),
                Requests.op(Operation.GETFH));
        return made[0].status() != Nfs4Status.GRACE.code();
      });
      Reply reply = made[0].is(Nfs4Status.OK);
      stateid = reply.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
      reply.restOfOpen();
      handle = reply.ok(Operation.GETFH).opaque();
    }

    XdrBytes[] write(int number) {
      return new XdrBytes[] {
        Requests.op(Operation.PUTFH).opaque(handle),
        Requests.write(stateid, (long) number * BLOCK_BYTES, block(number))
      };
    }
  }

  private static byte[] block(int number) {
    return ByteBuffer.allocate(BLOCK_BYTES).putInt(number).putInt(~number).array();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TOLD_WITHIN.toNanos();
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "it did not come to that");
      TimeUnit.NANOSECONDS.sleep(CHECK_NANOS);
    }
  }

  private static void readBack(AtollProcess node, String name, int blocks) throws IOException {
    try (NfsClient client = new NfsClient(node.nfsPort(), "reader of " + name, 1)) {
      for (int i = 0; i < blocks; i++) {
        XdrBytes read = Requests.read(Stateid.READ_BYPASS, (long) i * BLOCK_BYTES, BLOCK_BYTES);
        Reply reply =
            client.call(Requests.putRoot(), Requests.lookup(name), read).is(Nfs4Status.OK);
        reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.READ).i();
        assertArrayEquals(block(i), reply.opaque(), "block " + i + " was acknowledged");
      }
    }
  }

  private void assertClean() throws IOException {
    Path store = data.resolve(data.relativize(Tree.files(data, "fs-").getFirst()).getName(0));
    List<Finding> found = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(data, folder, true)) {
      check.check(store, new Findings(found::add), objects -> {});
    }
    assertEquals(List.of(), found);
  }
}
