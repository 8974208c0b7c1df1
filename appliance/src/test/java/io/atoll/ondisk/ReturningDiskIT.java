package io.atoll.ondisk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

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
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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

  /** Requests that are under way while the disk hangs. */
  private static final int HANGING = 8;

  private static final int BLOCKS_A_FOLDER = 8;
  private static final int NF4DIR = 2;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  /** One that a fence is told with. */
  private static final Pattern FILE = Pattern.compile("log/\\d+|extents/\\d+|superblock|index/");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
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
            NfsClient client = new NfsClient(node.nfsPort(), "writer", HANGING + 1)) {
          OpenFile file = new OpenFile(client, "file");
          for (int i = 0; i < BLOCKS; i++) {
            client.call(file.write(i)).is(Nfs4Status.OK);
          }
          outer.freeze();
          try {
            for (int i = BLOCKS; i < BLOCKS + HANGING; i++) {
              client.send(file.write(i));
            }
            await(() -> disk.writesInFlight() > 0);
          } finally {
            outer.thaw();
          }
          for (int i = 0; i < HANGING; i++) {
            client.receive().is(Nfs4Status.OK);
          }
          for (int i = BLOCKS + HANGING; i < 2 * BLOCKS; i++) {
            client.call(file.write(i)).is(Nfs4Status.OK);
          }
          Acknowledged all = new Acknowledged();
          IntStream.range(0, 2 * BLOCKS).forEach(all.blocks::add);
          all.assertThere(node, "file");
          assertStopsInOrder(node);
        }
        assertClean();
      }
    }
  }

  @Test
  void whatWasAcknowledgedBeforeADiskTurnedReadOnlyIsThereWhenItWasRepaired() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Acknowledged before = serveUntilFenced(disk, SmallDisk::turnReadOnly, "errno 30 (EROFS");
      assertServesAfterRepair(disk, before);
    }
  }

  @Test
  void whatWasAcknowledgedBeforeADiskWasPulledOutIsThereWhenItWasRepaired() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Acknowledged before = serveUntilFenced(disk, SmallDisk::pullOut, "errno 5 (EIO");
      disk.putBack();
      assertServesAfterRepair(disk, before);
    }
  }

  /** Returns what was acknowledged by a node that then was stopped. */
  private Acknowledged serveUntilFenced(SmallDisk disk, Harm harm, String error) throws Exception {
    data = disk.path().resolve("data");
    Acknowledged acknowledged = new Acknowledged();
    try (AtollProcess node = serve()) {
      try (NfsClient client = new NfsClient(node.nfsPort(), "writer", 2)) {
        acknowledged.writeUntilCut(client, disk, harm);
      }
      assertTold(node, error);
      node.awaitLine(line -> line.contains("is not served for"), TOLD_WITHIN);
      assertTrue(node.isAlive(), node::output);
      node.terminate();
      node.awaitExit();
    }
    return acknowledged;
  }

  private void assertServesAfterRepair(SmallDisk disk, Acknowledged before) throws Exception {
    disk.repair();
    try (AtollProcess node = serve()) {
      before.assertThere(node, "file");
      assertWrites(node);
      assertStopsInOrder(node);
    }
    assertClean();
  }

  @Test
  void aDiskThatIsPutBackIsServedAgainByTheSameProcess() throws Exception {
    try (SmallDisk disk = SmallDisk.makeWithoutJournal(folder, DISK_BYTES)) {
      data = disk.path().resolve("data");
      Acknowledged before = new Acknowledged();
      try (AtollProcess node = serve()) {
        try (NfsClient client = new NfsClient(node.nfsPort(), "writer", 2)) {
          before.writeUntilCut(client, disk, SmallDisk::pullOut);
        }
        assertTold(node, "errno 5 (EIO");
        node.awaitLine(line -> line.contains("is not served for"), TOLD_WITHIN);
        assertEquals(UNAVAILABLE, ready(node).statusCode());
        disk.putBack();
        node.awaitLine(line -> line.contains("is served again after"), TOLD_WITHIN);
        assertEquals(OK, ready(node).statusCode(), ready(node)::body);
        before.assertThere(node, "file");
        assertWrites(node);
        assertStopsInOrder(node);
      }
      assertClean();
    }
  }

  /** By one line, and by what balancers look at. */
  private static void assertTold(AtollProcess node, String error) throws Exception {
    String line = node.awaitLine(each -> each.contains(" is fenced: "), TOLD_WITHIN);
    assertTrue(FILE.matcher(line).find() && line.contains(error), line);
    HttpResponse<String> unready = ready(node);
    assertEquals(UNAVAILABLE, unready.statusCode(), unready::body);
    assertTrue(unready.body().contains("errno"), unready::body);
  }

  private static HttpResponse<String> ready(AtollProcess node) throws Exception {
    URI metrics = URI.create(AtollProcess.field(node.output(), "metrics"));
    return HTTP.send(
        HttpRequest.newBuilder(metrics.resolve("/health/ready")).build(), BodyHandlers.ofString());
  }

  private static void assertStopsInOrder(AtollProcess node) throws InterruptedException {
    node.terminate();
    assertEquals(ExitCode.OK, node.awaitExit(), node::output);
  }

  private static void assertWrites(AtollProcess node) throws Exception {
    Acknowledged again = new Acknowledged();
    try (NfsClient client = new NfsClient(node.nfsPort(), "writer again", 2)) {
      OpenFile file = new OpenFile(client, "again");
      for (int i = 0; i < BLOCKS; i++) {
        client.call(file.write(i)).is(Nfs4Status.OK);
        again.blocks.add(i);
      }
    }
    again.assertThere(node, "again");
  }

  /** What is done to a disk. */
  private interface Harm {
    void to(SmallDisk disk) throws Exception;
  }

  /** What the server has said is durable. */
  private static final class Acknowledged {
    private final List<Integer> blocks = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();

    /** Writes a file and makes folders, harms the disk amid that, and goes on until it is cut. */
    void writeUntilCut(NfsClient client, SmallDisk disk, Harm harm) throws Exception {
      OpenFile file = new OpenFile(client, "file");
      int harmed = 0;
      try {
        for (int i = 0; i < MAX_BLOCKS; i++) {
          if (i == BLOCKS) {
            harm.to(disk);
            harmed = blocks.size() + folders.size();
          }
          if (took(client.call(file.write(i)), i >= BLOCKS)) {
            blocks.add(i);
          }
          if (i % BLOCKS_A_FOLDER == 0 && took(client.call(makeFolder("d" + i)), i >= BLOCKS)) {
            folders.add("d" + i);
          }
        }
        fail("a disk that is gone took " + (blocks.size() + folders.size() - harmed));
      } catch (EOFException | SocketException cut) {
        assertTrue(harmed > 0, "cut before anything was wrong");
        assertEquals(harmed, blocks.size() + folders.size(), "acknowledged without a disk");
      }
    }

    /** Whether it was done; else it has to be the disk's fault. */
    private static boolean took(Reply reply, boolean mayFail) {
      if (mayFail && reply.status() == Nfs4Status.IO.code()) {
        return false;
      }
      reply.is(Nfs4Status.OK);
      return true;
    }

    void assertThere(AtollProcess node, String name) throws IOException {
      try (NfsClient client = new NfsClient(node.nfsPort(), "reader of " + name, 1)) {
        for (int i : blocks) {
          XdrBytes read = Requests.read(Stateid.READ_BYPASS, (long) i * BLOCK_BYTES, BLOCK_BYTES);
          Reply reply =
              client.call(Requests.putRoot(), Requests.lookup(name), read).is(Nfs4Status.OK);
          reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.READ).i();
          assertArrayEquals(block(i), reply.opaque(), "block " + i + " was acknowledged");
        }
        for (String folder : folders) {
          client.call(Requests.putRoot(), Requests.lookup(folder)).is(Nfs4Status.OK);
        }
      }
    }
  }

  private static XdrBytes[] makeFolder(String name) {
    return new XdrBytes[] {
      Requests.putRoot(),
      Requests.op(Operation.CREATE).i(NF4DIR).string(name).i(2, 0, 1 << 1, 4, 0755)
    };
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

  private void assertClean() throws IOException {
    Path store = data.resolve(data.relativize(Tree.files(data, "fs-").getFirst()).getName(0));
    List<Finding> found = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(data, folder, true)) {
      check.check(store, new Findings(found::add), objects -> {});
    }
    assertEquals(List.of(), found);
  }
}
