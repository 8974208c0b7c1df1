package io.atoll.ondisk;

import static io.atoll.ondisk.StoreOnDisk.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.OfflineCheck;
import io.atoll.cli.ExitCode;
import io.atoll.fs.FsStatus;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.ondisk.StoreOnDisk.OperationFailed;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, can't be written, or is gone: a clear end, and nothing lost or harmed. */
@EitherIo
class SmallDiskIT {
  private static final int MIB = 1 << 20;
  private static final long DISK_BYTES = 160L * MIB;
  private static final int MAX_FILES = 200;
  private static final int NF4DIR = 2;

  /** With room for the ballast beside what is left to logs and indexes. */
  private static final long ROOMY_DISK_BYTES = 1024L * MIB;

  @TempDir private Path folder;

  @BeforeEach
  void needsToMount() {
    SmallDisk.assumePossible();
  }

  private void assertClean(Path data) {
    List<Finding> found = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(data, folder, true)) {
      check.check(StoreOnDisk.folder(data), new Findings(found::add), objects -> {});
    }
    assertEquals(List.of(), found);
  }

  @Test
  void aFullDiskIsToldAndEmptiedAndWrittenAgain() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      int full = 0;
      try (StoreOnDisk store = StoreOnDisk.open(data)) {
        FsStatus status = FsStatus.OK;
        while (status == FsStatus.OK && full < MAX_FILES) {
          status = write(store, "/f" + full, full);
          full += status == FsStatus.OK ? 1 : 0;
        }
        assertEquals(FsStatus.NO_SPACE, status);
        assertTrue(full > 20, "full after " + full);
        assertFiles(store, 0, full);
        for (int i = 0; i < full / 2; i++) {
          store.remove("/f" + i);
        }
        for (int i = 0; i < full / 4; i++) {
          assertEquals(FsStatus.OK, write(store, "/again" + i, 1000 + i));
        }
        assertFiles(store, full / 2, full);
      }
      assertClean(data);
      try (StoreOnDisk store = StoreOnDisk.open(data)) {
        assertFiles(store, full / 2, full);
        for (int i = 0; i < full / 4; i++) {
          assertArrayEquals(content(1000 + i, MIB), store.read("/again" + i));
        }
      }
    }
  }

  private static void assertFiles(StoreOnDisk store, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      assertArrayEquals(content(i, MIB), store.read("/f" + i), "/f" + i);
    }
  }

  /** As a client does: again while it is told to come again. */
  private static FsStatus write(StoreOnDisk store, String path, int seed) throws Exception {
    byte[] content = content(seed, MIB);
    boolean made = false;
    while (true) {
      try {
        if (!made) {
          store.file(path, new byte[0]);
          made = true;
        }
        store.write(store.find(path), 0, content);
        return FsStatus.OK;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof OperationFailed failed)) {
          throw e;
        }
        if (failed.status() != FsStatus.DELAY) {
          return failed.status();
        }
      }
    }
  }

  /** Filled by somebody else while the node was stopped: what the ballast is for. */
  @Test
  void aNodeStartsOnADiskThatIsFullToTheLastByteAndIsEmptied() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, ROOMY_DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      Path ballast;
      try (AtollProcess node = serve(data)) {
        makeFolder(node, "one");
        ballast = data.resolve(data.relativize(Tree.files(data, "fs-").getFirst()).getName(0));
        ballast = ballast.resolve("ballast");
        assertStopsInOrder(node);
      }
      assertTrue(Files.exists(ballast), "no ballast");
      Path filler = disk.path().resolve("filler");
      fill(filler);
      assertEquals(0, Files.getFileStore(data).getUsableSpace(), "not full");
      try (AtollProcess node = serve(data)) {
        assertTrue(node.output().contains("ballast"), node.output());
        try (NfsClient client = new NfsClient(node.nfsPort(), "emptying", 1)) {
          client
              .call(Requests.putRoot(), Requests.op(Operation.REMOVE).string("one"))
              .is(Nfs4Status.OK);
        }
        assertStopsInOrder(node);
      }
      assertFalse(Files.exists(ballast), "not dropped");
      Files.delete(filler);
      try (AtollProcess node = serve(data)) {
        makeFolder(node, "another");
        assertStopsInOrder(node);
      }
    }
  }

  private static AtollProcess serve(Path data) throws InterruptedException {
    AtollProcess node =
        AtollProcess.startBriefly(
            "serve", "--data=" + data, "--nfs=127.0.0.1:0", "--lease-seconds=5");
    node.awaitReady();
    return node;
  }

  private static void assertStopsInOrder(AtollProcess node) throws InterruptedException {
    node.terminate();
    assertEquals(ExitCode.OK, node.awaitExit(), node.output());
  }

  private static void makeFolder(AtollProcess node, String name) throws IOException {
    try (NfsClient client = new NfsClient(node.nfsPort(), "maker of " + name, 1)) {
      client
          .call(
              Requests.putRoot(),
              Requests.op(Operation.CREATE).i(NF4DIR).string(name).i(2, 0, 1 << 1, 4, 0755))
          .is(Nfs4Status.OK);
    }
  }

  /** Takes all there is, to the last byte. */
  private static void fill(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int bytes = MIB; bytes > 0; bytes /= 2) {
        fill(out, ByteBuffer.allocate(bytes));
      }
    }
  }

  private static void fill(FileChannel out, ByteBuffer piece) throws IOException {
    try {
      while (true) {
        out.write(piece.clear());
        out.force(false);
      }
    } catch (IOException full) {
      assertTrue(full.getMessage().contains("No space left"), full::toString);
    }
  }

  @Test
  void aDiskTooSmallForTheReserveIsToldAtTheStart() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      try (AtollProcess node =
          AtollProcess.startBriefly("serve", "--data", data.toString(), "--nfs", "127.0.0.1:0")) {
        node.awaitReady();
        assertTrue(node.output().contains("no room for files: the disk of " + data), node.output());
      }
    }
  }

  @Test
  void aDiskThatCanNotBeWrittenIsToldAndCanBeChecked() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      try (StoreOnDisk store = StoreOnDisk.open(data)) {
        assertEquals(FsStatus.OK, write(store, "/f0", 0));
      }
      Map<String, String> before = Tree.fingerprint(data);
      disk.remount("ro");
      assertClean(data);
      try (AtollProcess node =
          AtollProcess.startBriefly("serve", "--data", data.toString(), "--nfs", "127.0.0.1:0")) {
        assertEquals(ExitCode.DATA_DIRECTORY, node.awaitExit(), node.output());
        assertTrue(node.output().contains(data.toString()), node.output());
        assertEquals(1, node.output().lines().count(), node.output());
      }
      assertEquals(before, Tree.fingerprint(data));
    }
  }

  @Test
  void nothingIsAcknowledgedOnADiskThatIsGone() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, DISK_BYTES)) {
      Path data = disk.path().resolve("data");
      try (StoreOnDisk store = StoreOnDisk.open(data)) {
        assertEquals(FsStatus.OK, write(store, "/f0", 0));
        disk.takeAway();
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> store.file("/f1", content(1, MIB)));
        FsStatus status = ((OperationFailed) failure.getCause()).status();
        assertTrue(status == FsStatus.FENCED || status == FsStatus.IO_ERROR, status::toString);
      }
    }
  }
}
