package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.ondisk.HeldFile;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM before a node is ready: what is served already is ended in order, what is being opened is
 * closed again, and the next start has nothing to recover. A claim of the second file system's data
 * is what the start waits for, as after a crash on a slow disk.
 */
@EitherIo
class StopWhileStartingIT {
  private static final int BLOCK_BYTES = 4096;
  private static final Duration LINE_WITHIN = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private int port;

  private Path data() {
    return folder.resolve("data");
  }

  private AtollProcess serve(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of("serve", "--data=" + data(), "--nfs=127.0.0.1:" + port, "--verbose"));
    command.addAll(List.of(more));
    return AtollProcess.startBriefly(command.toArray(String[]::new));
  }

  @Test
  void whatIsServedBeforeTheOthersAreOpenIsStoppedInOrder() throws Exception {
    port = freePort();
    String first;
    try (AtollProcess node = serve()) {
      node.awaitReady();
      first = AtollProcess.field(node.output(), "file system").split(" ", 2)[0];
      try (AtollProcess create = AtollProcess.startBriefly("fs", "create", "--data=" + data())) {
        assertEquals(ExitCode.OK, create.awaitExit(), create.output());
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
    try (HeldFile second = HeldFile.dataOf(fileSystemBeside(first));
        AtollProcess node = serve()) {
      node.awaitLine(line -> line.contains("is held by another process"), LINE_WITHIN);
      assertFalse(node.output().contains("Ready."), node::output);
      try (NfsClient client = new NfsClient(port, "early", 1)) {
        write(client);
        node.terminate();
        assertThrows(EOFException.class, client::receive, "ended before the other one is open");
      }
      second.release();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      assertTrue(node.output().endsWith("Stopped: all is on disk."), node::output);
      assertFalse(node.output().contains("Ready."), node::output);
      assertFalse(node.output().contains(" WARNING io.atoll.cli"), node::output);
    }
    try (AtollProcess node = serve()) {
      node.awaitReady();
      assertFalse(node.output().contains("recovery"), node::output);
      try (NfsClient client = new NfsClient(port, "late", 1)) {
        client.call(Requests.putRoot(), Requests.lookup("early")).is(Nfs4Status.OK);
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  /** Not before the claim is had, but as soon as it is. */
  @Test
  void aStartThatHasOpenedNothingStopsInOrder() throws Exception {
    port = freePort();
    String only;
    try (AtollProcess node = serve()) {
      node.awaitReady();
      only = AtollProcess.field(node.output(), "file system").split(" ", 2)[0];
      node.kill();
    }
    try (HeldFile held = HeldFile.dataOf(data().resolve(only));
        AtollProcess node = serve("--salvage")) {
      node.awaitLine(line -> line.contains("is held by another process"), LINE_WITHIN);
      node.terminate();
      node.awaitLine(line -> line.startsWith("Stopping: "), LINE_WITHIN);
      held.release();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      assertTrue(node.output().endsWith("Stopped: all is on disk."), node::output);
    }
    try (AtollProcess node = serve()) {
      node.awaitReady();
      assertTrue(
          AtollProcess.field(node.output(), "recovery").contains("did not stop in order"),
          node::output);
    }
  }

  private Path fileSystemBeside(String first) throws IOException {
    try (Stream<Path> all = Files.list(data())) {
      return all.filter(
              each -> {
                String name = each.getFileName().toString();
                return name.startsWith("fs-") && !name.equals(first);
              })
          .findAny()
          .orElseThrow();
    }
  }

  private static void write(NfsClient client) throws IOException {
    Reply made =
        client
            .call(
                Requests.putRoot(),
                Requests.openCreating("early", Requests.BOTH, 0644, -1),
                Requests.op(Operation.GETFH))
            .is(Nfs4Status.OK);
    Stateid open = made.ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    made.restOfOpen();
    byte[] handle = made.ok(Operation.GETFH).opaque();
    client
        .call(
            Requests.op(Operation.PUTFH).opaque(handle),
            Requests.write(open, 0, new byte[BLOCK_BYTES]))
        .is(Nfs4Status.OK);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
