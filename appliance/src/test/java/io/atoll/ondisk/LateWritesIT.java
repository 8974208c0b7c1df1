package io.atoll.ondisk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.OfflineCheck;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileClaim;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed while the disk has a write of it: the kernel lets the process go and the write
 * go on, and whoever claims the file meanwhile, as the next node does, waits for that. The disk is
 * a file on another one, which is frozen.
 */
class LateWritesIT {
  private static final long OUTER_BYTES = 2L << 30;
  private static final long INNER_BYTES = 1L << 30;
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 64;
  private static final long WAIT_SECONDS = 60;
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** In so many looks one after the other nothing was written: nobody is about to. */
  private static final int QUIET_LOOKS = 50;

  @TempDir private Path folder;
  private Path data;

  @BeforeEach
  void needsToMount() {
    SmallDisk.assumePossible();
  }

  @Test
  void aFileIsHeldByTheWritesOfANodeThatWasKilled() throws Exception {
    try (SmallDisk outer = SmallDisk.make(folder, OUTER_BYTES)) {
      Path inside = Files.createDirectory(outer.path().resolve("inside"));
      try (SmallDisk disk = SmallDisk.make(inside, INNER_BYTES)) {
        data = disk.path().resolve("data");
        killWithAWriteUnderWay(outer, disk);
        int extents = open(store().resolve("extents/0000"));
        FileClaim claim = FileClaim.toWrite("extents/0000", extents);
        try {
          assertEquals(-Errno.EAGAIN, claim.attempt(), "the file is free, and written to");
          assertTrue(disk.writesInFlight() > 0, "nothing is under way");
        } finally {
          outer.thaw();
        }
        await(() -> claim.attempt() == 0);
        assertEquals(0, disk.writesInFlight(), "the file is free, and written to");
        Syscalls.close(extents);
        try (AtollProcess node = serve()) {
          node.awaitReady();
          readBack(node.nfsPort());
        }
        assertClean();
      }
    }
  }

  private Path store() throws IOException {
    return data.resolve(data.relativize(Tree.files(data, "fs-").getFirst()).getName(0));
  }

  private static int open(Path file) {
    int descriptor = Syscalls.openat(LinuxAbi.AT_FDCWD, file.toString(), LinuxAbi.O_RDONLY, 0);
    assertTrue(descriptor >= 0, file + ": " + descriptor);
    return descriptor;
  }

  private AtollProcess serve() {
    return AtollProcess.start("serve", "--data=" + data, "--nfs=127.0.0.1:0", "--lease-seconds=5");
  }

  private void killWithAWriteUnderWay(SmallDisk outer, SmallDisk disk) throws Exception {
    try (AtollProcess node = serve()) {
      node.awaitReady();
      try (NfsClient client = new NfsClient(node.nfsPort(), "writer", 2)) {
        XdrBytes root = Requests.putRoot();
        XdrBytes open = Requests.openCreating("file", Requests.BOTH, 0644, -1);
        Reply made = client.call(root, open, Requests.op(Operation.GETFH)).is(Nfs4Status.OK);
        Stateid stateid = made.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
        made.restOfOpen();
        byte[] handle = made.ok(Operation.GETFH).opaque();
        for (int i = 0; i < BLOCKS; i++) {
          client.call(write(handle, stateid, i)).is(Nfs4Status.OK);
        }
        awaitQuiet(disk);
        outer.freeze();
        client.send(write(handle, stateid, BLOCKS));
        await(() -> disk.writesInFlight() > 0);
        node.kill();
      }
      assertTrue(disk.writesInFlight() > 0, "the kernel waited for the write");
    } catch (Exception | AssertionError e) {
      outer.thaw();
      throw e;
    }
  }

  private static XdrBytes[] write(byte[] handle, Stateid open, int number) {
    return new XdrBytes[] {
      Requests.op(Operation.PUTFH).opaque(handle),
      Requests.write(open, (long) number * BLOCK_BYTES, block(number))
    };
  }

  private static byte[] block(int number) {
    return ByteBuffer.allocate(BLOCK_BYTES).putInt(number).putInt(~number).array();
  }

  /** Space is no longer written ahead: that would need syncs, for which the kernel does wait. */
  private static void awaitQuiet(SmallDisk disk) throws Exception {
    long[] written = {-1};
    int[] quiet = new int[1];
    await(() -> {
      long now = disk.sectorsWritten();
      quiet[0] = now == written[0] ? quiet[0] + 1 : 0;
      written[0] = now;
      return quiet[0] == QUIET_LOOKS;
    });
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "it did not come to that");
      TimeUnit.NANOSECONDS.sleep(CHECK_NANOS);
    }
  }

  private static void readBack(int port) throws IOException {
    try (NfsClient client = new NfsClient(port, "reader", 1)) {
      for (int i = 0; i < BLOCKS; i++) {
        XdrBytes read = Requests.read(Stateid.READ_BYPASS, (long) i * BLOCK_BYTES, BLOCK_BYTES);
        Reply reply =
            client.call(Requests.putRoot(), Requests.lookup("file"), read).is(Nfs4Status.OK);
        reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.READ).i();
        assertArrayEquals(block(i), reply.opaque(), "block " + i + " was acknowledged");
      }
    }
  }

  private void assertClean() throws IOException {
    List<Finding> found = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(data, folder, true)) {
      check.check(store(), new Findings(found::add), objects -> {});
    }
    assertEquals(List.of(), found);
  }
}
