package io.atoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libnfs, a client in user space that speaks NFSv4.0, by the tools of its package. */
@EitherIo
@EitherPerformance
class LibnfsIT {
  private static final int DIRECTORY = 2;
  private static final int MIB = 1 << 20;
  private static final int FILE_MIB = 3;
  private static final int MANY = 300;
  private static final long TOOL_SECONDS_MOST = 60;

  @TempDir private Path folder;
  private AtollProcess node;
  private final byte[] content = new byte[FILE_MIB * MIB + 17];

  @BeforeEach
  void serve() throws Exception {
    assumeTrue(isInstalled(), "nfs-ls is not here: apt-get install libnfs-utils");
    node = AtollProcess.start("serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0");
    node.awaitReady();
    new Random(1).nextBytes(content);
    try (NfsClient client = new NfsClient(node.nfsPort(), "maker", 1)) {
      // Attribute 33, mode.
      XdrBytes directory = Requests.op(Operation.CREATE).i(DIRECTORY).string("directory");
      client.call(Requests.putRoot(), directory.i(2, 0, 1 << 1, 4, 0755)).is(Nfs4Status.OK);
      fill(client, "file", content);
      for (int i = 0; i < MANY; i++) {
        fill(client, "n" + i, new byte[0]);
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    if (node == null) {
      return;
    }
    try (AtollProcess ended = node) {
      ended.uncoverLeaks();
      ended.terminate();
      assertEquals(0, ended.awaitExit(), ended.output());
    }
  }

  private static void fill(NfsClient client, String name, byte[] bytes) throws IOException {
    XdrBytes[] path = {Requests.putRoot(), Requests.lookup("directory")};
    Reply opened =
        client
            .call(path[0], path[1], Requests.openCreating(name, Requests.BOTH, 0644, -1))
            .is(Nfs4Status.OK)
            .ok(Operation.PUTROOTFH)
            .ok(Operation.LOOKUP)
            .ok(Operation.OPEN);
    Stateid open = opened.stateid();
    for (int at = 0; at < bytes.length; at += MIB) {
      byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MIB));
      client
          .call(path[0], path[1], Requests.lookup(name), Requests.write(open, at, part))
          .is(Nfs4Status.OK);
    }
    client.call(path[0], path[1], Requests.lookup(name), Requests.close(open)).is(Nfs4Status.OK);
  }

  private static boolean isInstalled() {
    try {
      new ProcessBuilder("nfs-ls").redirectErrorStream(true).start().waitFor();
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a test", e);
    }
  }

  private byte[] run(String tool, String path) throws Exception {
    Path out = folder.resolve(tool + ".out");
    Path errors = folder.resolve(tool + ".err");
    String url =
        "nfs://127.0.0.1/" + path + "?version=4&nfsport=" + node.nfsPort() + "&uid=0&gid=0";
    Process process =
        new ProcessBuilder(tool, url)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    assertTrue(process.waitFor(TOOL_SECONDS_MOST, TimeUnit.SECONDS), tool + " does not end");
    assertEquals(0, process.exitValue(), () -> tool + " " + url + " says: " + read(errors));
    return Files.readAllBytes(out);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void nfsLsListsAndNfsCatReads() throws Exception {
    List<String> lines = new String(run("nfs-ls", "directory"), UTF_8).lines().toList();
    assertEquals(MANY + 1, lines.size(), String.join("\n", lines));
    String file = lines.stream().filter(line -> line.endsWith(" file")).findFirst().orElseThrow();
    assertTrue(file.startsWith("-rw-r--r--"), file);
    assertTrue(file.contains(" " + content.length + " "), file);
    String root = new String(run("nfs-ls", ""), UTF_8);
    assertTrue(root.startsWith("drw") && root.contains("directory"), root);
    assertArrayEquals(content, run("nfs-cat", "directory/file"));
    assertArrayEquals(new byte[0], run("nfs-cat", "directory/n7"));
  }
}
