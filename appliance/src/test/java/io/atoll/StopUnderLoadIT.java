package io.atoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.EitherPerformance;
import io.atoll.process.NfsClient;
import io.atoll.xdr.XdrBytes;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM while a client's work is in flight: the server ends it in order, all is on disk, the exit
 * code says so, and what was acknowledged is there at the next start, which has nothing to recover.
 */
@EitherIo
@EitherPerformance
class StopUnderLoadIT {
  private static final int IN_FLIGHT = 16;
  private static final int WRITES_BEFORE_THE_STOP = 500;
  private static final int BLOCK_BYTES = 4096;
  private static final long STEP_SECONDS = 120;

  /** More than are written before the stop comes. */
  private static final int FILE_BLOCKS = 100_000;

  @TempDir private Path folder;

  @Test
  void whatWasAcknowledgedIsThereAfterAStopUnderLoad() throws Exception {
    BitSet acknowledged;
    try (AtollProcess node = serve()) {
      node.awaitReady();
      CountDownLatch underLoad = new CountDownLatch(1);
      CompletableFuture<BitSet> load =
          CompletableFuture.supplyAsync(() -> writeUntilGone(node.nfsPort(), underLoad));
      assertTrue(underLoad.await(STEP_SECONDS, TimeUnit.SECONDS), node.output());
      node.terminate();
      acknowledged = load.get(STEP_SECONDS, TimeUnit.SECONDS);
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      assertTrue(node.output().endsWith("Stopped: all is on disk."), node.output());
      assertTrue(acknowledged.cardinality() >= WRITES_BEFORE_THE_STOP, acknowledged.toString());
    }
    try (AtollProcess node = serve()) {
      node.awaitReady();
      assertFalse(node.output().contains("recovery"), node.output());
      readBack(node.nfsPort(), acknowledged);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  private AtollProcess serve() {
    return AtollProcess.start(
        "serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0", "--lease-seconds=5");
  }

  /**
   * Writes blocks that bear their numbers, some at once, until the server ends the connection,
   * which it does between two replies.
   *
   * @return the numbers of those that were acknowledged
   */
  private static BitSet writeUntilGone(int port, CountDownLatch underLoad) {
    BitSet acknowledged = new BitSet();
    try (NfsClient client = new NfsClient(port, "load", IN_FLIGHT)) {
      File file = File.open(client);
      int sent = 0;
      for (int answered = 0; sent < FILE_BLOCKS; answered++) {
        while (sent - answered < client.slots()) {
          client.send(file.writeAndTell(sent++));
        }
        acknowledged.set(numberIn(client.receive()));
        if (answered == WRITES_BEFORE_THE_STOP) {
          underLoad.countDown();
        }
      }
    } catch (EOFException | SocketException gone) {
      return acknowledged;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("the server was not stopped");
  }

  /** Replies come in the order in which the writes end, so each says whose it is. */
  private static int numberIn(Reply reply) {
    reply.is(Nfs4Status.OK).ok(Operation.PUTFH).ok(Operation.WRITE).skip(4 + 4 + 8);
    reply.ok(Operation.READ).i();
    return ByteBuffer.wrap(reply.opaque()).getInt();
  }

  private static void readBack(int port, BitSet acknowledged) throws IOException {
    try (NfsClient client = new NfsClient(port, "reader", 1)) {
      for (int at = acknowledged.nextSetBit(0); at >= 0; at = acknowledged.nextSetBit(at + 1)) {
        // In the grace period nothing new may be opened, but read.
        XdrBytes read = Requests.read(Stateid.READ_BYPASS, (long) at * BLOCK_BYTES, BLOCK_BYTES);
        Reply reply =
            client.call(Requests.putRoot(), Requests.lookup("file"), read).is(Nfs4Status.OK);
        reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.READ).i();
        assertArrayEquals(block(at), reply.opaque(), "block " + at + " was acknowledged");
      }
    }
  }

  private static byte[] block(int number) {
    return ByteBuffer.allocate(BLOCK_BYTES).putInt(number).putInt(~number).array();
  }

  /** The file, open. */
  private record File(byte[] handle, Stateid open) {
    static File open(NfsClient client) throws IOException {
      Reply reply =
          client.call(
              Requests.putRoot(),
              Requests.openCreating("file", Requests.BOTH, 0644, -1),
              Requests.op(Operation.GETFH));
      Stateid open = reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
      reply.restOfOpen();
      return new File(reply.ok(Operation.GETFH).opaque(), open);
    }

    XdrBytes put() {
      return Requests.op(Operation.PUTFH).opaque(handle);
    }

    XdrBytes read(int number, int bytes) {
      return Requests.read(open, (long) number * BLOCK_BYTES, bytes);
    }

    /** A durable write, and its number read again. */
    XdrBytes[] writeAndTell(int number) {
      XdrBytes write = Requests.write(open, (long) number * BLOCK_BYTES, block(number));
      return new XdrBytes[] {put(), write, read(number, Integer.BYTES)};
    }
  }
}
