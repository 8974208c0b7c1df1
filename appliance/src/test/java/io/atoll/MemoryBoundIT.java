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
import io.atoll.process.HarshLoad;
import io.atoll.process.NfsClient;
import io.atoll.process.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program, seen from outside, keeps below the memory that it says at its start it takes at
 * most, whatever its clients do, and serves others when they have gone.
 */
@EitherIo
class MemoryBoundIT {
  private static final long GIB = 1L << 30;
  private static final Pattern BOUND = Pattern.compile("at most ([0-9.]+) GiB");
  private static final long LOAD_SECONDS = 30;
  private static final long SAMPLE_MILLIS = 200;
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  @Test
  void keepsItsBoundUnderHarshLoadAndServesAfterIt() throws Exception {
    try (AtollProcess node =
        AtollProcess.start("serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0")) {
      node.awaitReady();
      long boundBytes = boundOf(node);
      HarshLoad load = new HarshLoad(node.nfsPort());
      load.openers(3);
      load.sessions(200);
      load.unheardListers(4, 500);
      load.unheardReaders(64);
      load.unheardWriters(24);
      load.unheardCompounds(32);
      load.halfRecords(200);
      ProcessMemory memory = watch(node, boundBytes);
      load.end();
      System.out.println(memory + "; " + load.sentUnheard() + " compounds were sent unheard");
      assertEquals(List.of(), load.failures());
      serves(node.nfsPort());
      assertFalse(node.output().contains("OutOfMemory"), node.output());
      assertFalse(node.output().contains("OutOfDirectMemory"), node.output());
      node.uncoverLeaks();
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  private static long boundOf(AtollProcess node) {
    Matcher bound = BOUND.matcher(AtollProcess.field(node.output(), "memory"));
    assertTrue(bound.find(), node.output());
    return (long) (Double.parseDouble(bound.group(1)) * GIB);
  }

  /** Looks at the node's memory for as long as the load is to last. */
  private static ProcessMemory watch(AtollProcess node, long boundBytes) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOAD_SECONDS);
    ProcessMemory memory = ProcessMemory.of(node.pid());
    while (System.nanoTime() < end) {
      assertTrue(memory.peakBytes() <= boundBytes, memory + "\n" + node.output());
      Thread.sleep(SAMPLE_MILLIS);
      memory = ProcessMemory.of(node.pid());
    }
    return memory;
  }

  private static void serves(int port) throws IOException {
    byte[] content = new byte[MIB];
    new Random(1).nextBytes(content);
    try (NfsClient client = new NfsClient(port, "afterwards", 1)) {
      Reply opened =
          client.call(
              Requests.putRoot(), Requests.openCreating("afterwards", Requests.BOTH, 0644, -1));
      Stateid open = opened.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
      client
          .call(Requests.putRoot(), Requests.lookup("afterwards"), Requests.write(open, 0, content))
          .is(Nfs4Status.OK);
      Reply read =
          client
              .call(Requests.putRoot(), Requests.lookup("afterwards"), Requests.read(open, 0, MIB))
              .is(Nfs4Status.OK)
              .ok(Operation.PUTROOTFH)
              .ok(Operation.LOOKUP)
              .ok(Operation.READ);
      assertEquals(1, read.i(), "eof");
      assertArrayEquals(content, read.opaque());
    }
  }
}
