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
import io.atoll.process.ScrapedMetrics;
import io.atoll.process.ScrapedMetrics.Scrape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program, seen from outside, keeps below the memory that it says at its start it takes at
 * most, in all and of each kind, whatever its clients do, and serves others when they have gone.
 */
@EitherIo
class MemoryBoundIT {
  private static final long LOAD_SECONDS = 30;
  private static final long SAMPLE_MILLIS = 200;

  /** So many that the index has flushed write buffers and compacted tables. */
  private static final int NAMES = 50_000;

  private static final int CREATORS = 5;

  private static final int MIB = 1 << 20;

  /** In README.md. */
  private static final long WANTED_BYTES = 4L << 30;

  /** Each has a bound of its own, and what the node says that it has of it. */
  private static final Set<String> KINDS =
      Set.of("buffers", "cache", "control", "heap", "index", "index_tables", "network");

  @TempDir private Path folder;

  @Test
  void keepsItsBoundUnderHarshLoadAndServesAfterIt() throws Exception {
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + folder.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--cache-bytes=512m")) {
      node.awaitReady();
      long boundBytes = node.memoryBoundBytes();
      HarshLoad load = new HarshLoad(node.nfsPort());
      load.creators(CREATORS, NAMES / CREATORS);
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

  /** As many file systems as a loop may have, each under load: the same bound. */
  @Test
  @Tag("full")
  void keepsItsBoundWithAsManyFileSystemsAsThereMayBe() throws Exception {
    String data = "--data=" + folder.resolve("data");
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            data,
            "--nfs=127.0.0.1:0",
            "--loops=1",
            "--lease-seconds=5",
            "--cache-bytes=256m")) {
      node.awaitReady();
      long boundBytes = node.memoryBoundBytes();
      List<Integer> ports = new ArrayList<>(List.of(node.nfsPort()));
      while (ports.size() < NodeFileSystems.MAX_PER_LOOP) {
        int port = freePort();
        assertEquals(ExitCode.OK, fs("create", data, "--nfs=127.0.0.1:" + port));
        ports.add(port);
      }
      assertEquals(ExitCode.NODE_REFUSED, fs("create", data));
      List<HarshLoad> loads = new ArrayList<>();
      for (int port : ports) {
        HarshLoad load = new HarshLoad(port);
        load.openers(1);
        load.sessions(50);
        load.unheardListers(1, 200);
        load.unheardReaders(16);
        load.unheardWriters(8);
        load.unheardCompounds(8);
        load.halfRecords(50);
        loads.add(load);
      }
      ProcessMemory memory = watch(node, boundBytes);
      for (HarshLoad load : loads) {
        load.end();
        assertEquals(List.of(), load.failures());
      }
      System.out.println(
          memory + " of " + boundBytes + " bytes, " + ports.size() + " file systems");
      for (int port : ports) {
        serves(port);
      }
      assertFalse(node.output().contains("OutOfMemory"), node.output());
      assertFalse(node.output().contains("OutOfDirectMemory"), node.output());
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  /** What README.md says that a node wants: with as many loops as it ever has by default. */
  @Test
  @Tag("full")
  void keepsItsBoundOnFourLoopsWithinTheMemoryThatItIsSaidToWant() throws Exception {
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + folder.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--loops=4",
            "--cache-bytes=1g")) {
      node.awaitReady();
      long boundBytes = node.memoryBoundBytes();
      assertTrue(boundBytes <= WANTED_BYTES, boundBytes + " bytes");
      HarshLoad load = new HarshLoad(node.nfsPort());
      load.openers(3);
      load.sessions(200);
      load.unheardListers(4, 500);
      load.unheardReaders(64);
      load.unheardWriters(24);
      ProcessMemory memory = watch(node, boundBytes);
      load.end();
      System.out.println(memory + " of " + boundBytes + " bytes, four loops");
      assertEquals(List.of(), load.failures());
      serves(node.nfsPort());
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  private static int fs(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("fs"));
    command.addAll(List.of(arguments));
    try (AtollProcess process = AtollProcess.start(command.toArray(String[]::new))) {
      return process.awaitExit();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Looks at the node's memory for as long as the load is to last. */
  private static ProcessMemory watch(AtollProcess node, long boundBytes) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOAD_SECONDS);
    ProcessMemory memory = ProcessMemory.of(node.pid());
    ScrapedMetrics metrics = ScrapedMetrics.of(node);
    Map<String, Double> most = new TreeMap<>();
    while (System.nanoTime() < end) {
      assertTrue(memory.peakBytes() <= boundBytes, memory + "\n" + node.output());
      Scrape now = metrics.now();
      Map<String, Double> bounds = now.values("atoll_memory_bound_bytes", "kind");
      now.values("atoll_memory_bytes", "kind")
          .forEach((kind, bytes) -> {
            most.merge(kind, bytes, Math::max);
            assertTrue(bytes <= bounds.get(kind), () -> kind + " takes " + bytes + ": " + bounds);
          });
      Thread.sleep(SAMPLE_MILLIS);
      memory = ProcessMemory.of(node.pid());
    }
    assertEquals(KINDS, most.keySet());
    most.forEach((kind, bytes) -> System.out.printf("%s: at most %,.0f bytes%n", kind, bytes));
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
