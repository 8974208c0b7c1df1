package io.atoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.EitherPerformance;
import io.atoll.process.NfsClient;
import io.atoll.process.ProcessMemory;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand files that a client has open at once, half of them removed; the node is killed, and
 * the client reclaims them all. Each has its content throughout, and {@code df} shows what they
 * take, to the byte.
 */
@EitherIo
@EitherPerformance
class ManyOpensIT {
  private static final int FILES = 10_000;
  private static final int FILE_BYTES = 5000;
  private static final long FILE_SPACE = 8192;
  private static final int SLOTS = 32;
  private static final int CLAIM_PREVIOUS = 1;
  private static final long WAIT_SECONDS = 60;
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final String OWNER = "opener";

  @TempDir private Path folder;
  private final byte[][] handles = new byte[FILES][];
  private final Stateid[] opens = new Stateid[FILES];
  private long usedBefore;

  @Test
  void manyOpenFilesOutliveTheirNamesAndTheirServer() throws Exception {
    try (AtollProcess node = serve();
        NfsClient client = client(node, false)) {
      usedBefore = usedBytes(client);
      client.pipeline(FILES, SLOTS, ManyOpensIT::openAndWrite, this::opened);
      assertUsed(client, FILES);
      client.pipeline(FILES / 2, SLOTS, i -> remove(2 * i), reply -> reply.is(Nfs4Status.OK));
      readAll(client);
      assertUsed(client, FILES);
      long peakBytes = ProcessMemory.of(node.pid()).peakBytes();
      assertTrue(peakBytes <= node.memoryBoundBytes(), peakBytes + " bytes");
      node.kill();
    }
    try (AtollProcess node = serve();
        NfsClient client = client(node, true)) {
      assertUsed(client, FILES);
      client.pipeline(FILES, SLOTS, this::reclaim, this::reclaimed);
      client.reclaimComplete();
      readAll(client);
      assertUsed(client, FILES);
      client.pipeline(FILES, SLOTS, this::close, reply -> reply.is(Nfs4Status.OK));
      awaitUsed(client, FILES / 2);
      client.pipeline(FILES / 2, SLOTS, i -> remove(2 * i + 1), reply -> reply.is(Nfs4Status.OK));
      awaitUsed(client, 0);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  private AtollProcess serve() throws InterruptedException {
    AtollProcess node =
        AtollProcess.start("serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0");
    node.awaitReady();
    return node;
  }

  private static NfsClient client(AtollProcess node, boolean reclaims) throws IOException {
    return reclaims
        ? NfsClient.reclaiming(node.nfsPort(), OWNER, SLOTS)
        : new NfsClient(node.nfsPort(), OWNER, SLOTS);
  }

  // --- files ---

  private static String name(int number) {
    return "f" + number;
  }

  private static byte[] content(int number) {
    return ByteBuffer.allocate(FILE_BYTES).putInt(number).putInt(FILE_BYTES - 4, ~number).array();
  }

  /** And reads its number, since replies come in any order. */
  private static XdrBytes[] openAndWrite(int number) {
    return new XdrBytes[] {
      Requests.putRoot(),
      Requests.openCreating(name(number), Requests.BOTH, 0644, -1),
      Requests.write(Stateid.CURRENT, 0, content(number)),
      Requests.read(Stateid.CURRENT, 0, Integer.BYTES),
      Requests.op(Operation.GETFH)
    };
  }

  private void opened(Reply reply) {
    Stateid open = reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    reply.ok(Operation.WRITE).skip(4 + 4 + 8);
    int number = number(reply);
    opens[number] = open;
    handles[number] = reply.ok(Operation.GETFH).opaque();
  }

  private static int number(Reply reply) {
    reply.ok(Operation.READ).i();
    return ByteBuffer.wrap(reply.opaque()).getInt();
  }

  private static XdrBytes[] remove(int number) {
    return new XdrBytes[] {Requests.putRoot(), Requests.op(Operation.REMOVE).string(name(number))};
  }

  private XdrBytes put(int number) {
    return Requests.op(Operation.PUTFH).opaque(handles[number]);
  }

  private void readAll(NfsClient client) throws IOException {
    client.pipeline(
        FILES,
        SLOTS,
        i -> new XdrBytes[] {put(i), Requests.read(opens[i], 0, FILE_BYTES)},
        reply -> {
          reply.is(Nfs4Status.OK).ok(Operation.PUTFH).ok(Operation.READ).i();
          byte[] found = reply.opaque();
          assertArrayEquals(content(ByteBuffer.wrap(found).getInt()), found);
        });
  }

  private XdrBytes[] reclaim(int number) {
    XdrBytes open = Requests.openShare(Requests.BOTH, 0, "owner").i(0, CLAIM_PREVIOUS, 0);
    return new XdrBytes[] {put(number), open, Requests.read(Stateid.CURRENT, 0, Integer.BYTES)};
  }

  private void reclaimed(Reply reply) {
    Stateid open = reply.is(Nfs4Status.OK).ok(Operation.PUTFH).ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    opens[number(reply)] = open;
  }

  private XdrBytes[] close(int number) {
    return new XdrBytes[] {put(number), Requests.close(opens[number])};
  }

  // --- space ---

  private void assertUsed(NfsClient client, int files) throws IOException {
    assertEquals(usedBefore + files * FILE_SPACE, usedBytes(client), "what df shows as used");
  }

  /** What was removed is freed in the background. */
  private void awaitUsed(NfsClient client, int files) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (usedBytes(client) != usedBefore + files * FILE_SPACE) {
      assertTrue(System.nanoTime() < deadline, () -> "df shows too much for " + files + " files");
      TimeUnit.NANOSECONDS.sleep(CHECK_NANOS);
    }
  }

  private static long usedBytes(NfsClient client) throws IOException {
    int free = 1 << (Attribute.SPACE_FREE - Integer.SIZE);
    int total = 1 << (Attribute.SPACE_TOTAL - Integer.SIZE);
    XdrBytes attributes = Requests.op(Operation.GETATTR).i(2, 0, free | total);
    Reply reply = client.call(Requests.putRoot(), attributes).is(Nfs4Status.OK);
    reply.ok(Operation.PUTROOTFH).ok(Operation.GETATTR).skip(4 + 4 + 4 + 4);
    long freeBytes = reply.l();
    return reply.l() - freeBytes;
  }
}
