package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code atoll fs} against a running node, and what a kill in the midst of it leaves. */
@EitherIo
class FsCommandIT {
  private static final Pattern ID = Pattern.compile("fs-[0-9a-f]{17}");
  private static final int KILLS = 2;
  private static final long LONGEST_LIFE_MILLIS = 2_000;
  private static final long GONE_WITHIN_SECONDS = 60;

  @TempDir private Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  private AtollProcess serve(String... more) throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "serve",
                "--data=" + data(),
                "--nfs=127.0.0.1:0",
                "--lease-seconds=5",
                "--loops=2"));
    command.addAll(List.of(more));
    AtollProcess node = AtollProcess.start(command.toArray(String[]::new));
    node.awaitReady();
    return node;
  }

  private record Told(int exitCode, String output) {}

  private Told fs(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("fs"));
    command.addAll(List.of(arguments));
    command.add(2, "--data=" + data());
    try (AtollProcess process = AtollProcess.start(command.toArray(String[]::new))) {
      int exitCode = process.awaitExit();
      return new Told(exitCode, process.output());
    }
  }

  private static String idIn(String text) {
    Matcher id = ID.matcher(text);
    assertTrue(id.find(), text);
    return id.group();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isServed(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void aFileSystemIsMadeServedKeptAndDeletedLive() throws Exception {
    int port = freePort();
    String id;
    try (AtollProcess node = serve()) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(data().resolve("control.json"))));
      Told created = fs("create", "--nfs=127.0.0.1:" + port);
      assertEquals(ExitCode.OK, created.exitCode, created.output);
      id = idIn(created.output);
      assertTrue(created.output.contains("port=" + port), created.output);
      assertTrue(isServed(port));
      Told refused = fs("create", "--nfs=127.0.0.1:" + port);
      assertEquals(ExitCode.NODE_REFUSED, refused.exitCode, refused.output);
      assertTrue(refused.output.contains("can't listen on 127.0.0.1:" + port), refused.output);
      Told both = fs("create", "--performance-mode=maxIO", "--throughput-mode=elastic");
      assertEquals(ExitCode.NODE_REFUSED, both.exitCode, both.output);
      assertTrue(both.output.contains("maxIO"), both.output);
      assertEquals(2, fileSystemsIn(fs("list").output).size());
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
    assertFalse(Files.exists(data().resolve("control.json")));
    Told nobody = fs("list");
    assertEquals(ExitCode.DATA_DIRECTORY, nobody.exitCode, nobody.output);
    try (AtollProcess node = serve()) {
      assertTrue(isServed(port), "it is not served where it was before the restart");
      Told shown = fs("show", id);
      assertTrue(shown.output.contains("\"state\" : \"available\""), shown.output);
      Told deleted = fs("delete", id);
      assertEquals(ExitCode.OK, deleted.exitCode, deleted.output);
      assertFalse(isServed(port));
      assertEquals(ExitCode.NODE_REFUSED, fs("show", id).exitCode);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  @Test
  void maxIoIsForTheFirstFileSystemAndForOthersAndIsKept() throws Exception {
    String first;
    String second;
    try (AtollProcess node = serve("--performance-mode=maxIO")) {
      first = idIn(node.output());
      second = idIn(fs("create", "--performance-mode=maxIO").output);
      idIn(fs("create").output);
      Told elastic = fs("update", second, "--throughput-mode=elastic");
      assertEquals(ExitCode.NODE_REFUSED, elastic.exitCode, elastic.output);
      assertTrue(elastic.output.contains("maxIO"), elastic.output);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
    try (AtollProcess node = serve()) {
      for (String id : List.of(first, second)) {
        Told shown = fs("show", id);
        assertTrue(shown.output.contains("\"performanceMode\" : \"maxIO\""), shown.output);
        assertTrue(shown.output.contains("\"state\" : \"available\""), shown.output);
      }
      assertEquals(3, fileSystemsIn(fs("list").output).size());
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  /** Whenever it dies: what the next start has is whole, and what it has not leaves nothing. */
  @Test
  void aKillAtAnyPointOfMakingAndDeletingConverges() throws Exception {
    Random random = new Random();
    for (int kill = 0; kill < KILLS; kill++) {
      try (AtollProcess node = serve()) {
        int port = freePort();
        Thread maker =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    String id = idIn(fs("create", "--nfs=127.0.0.1:" + port).output);
                    fs("delete", id);
                  } catch (InterruptedException | AssertionError cut) {
                    // The node died before it could answer.
                  }
                });
        while (maker.isAlive() && foldersOf("fs-").size() < 2) {
          Thread.onSpinWait();
        }
        // At some point of what is going on.
        TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
        node.kill();
        maker.join();
      }
      try (AtollProcess node = serve()) {
        Told listed = fs("list");
        assertEquals(ExitCode.OK, listed.exitCode, listed.output + node.output());
        Set<String> told = fileSystemsIn(listed.output);
        assertEquals(
            told.size(),
            listed.output.lines().filter(line -> line.contains(" available ")).count(),
            listed.output);
        assertEquals(told, foldersOf("fs-"), listed.output);
        long givenUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(GONE_WITHIN_SECONDS);
        while (!foldersOf("removed-").isEmpty()) {
          assertTrue(System.nanoTime() < givenUpAt, "what was deleted is not removed");
        }
        for (String id : told) {
          if (!id.equals(Files.readString(data().resolve("default")).strip())) {
            assertEquals(ExitCode.OK, fs("delete", id).exitCode);
          }
        }
        node.terminate();
        assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      }
    }
  }

  private static Set<String> fileSystemsIn(String text) {
    Set<String> ids = new TreeSet<>();
    Matcher id = ID.matcher(text);
    while (id.find()) {
      ids.add(id.group());
    }
    return ids;
  }

  private Set<String> foldersOf(String prefix) throws IOException {
    try (Stream<Path> entries = Files.list(data())) {
      Set<String> names = new TreeSet<>();
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .forEach(names::add);
      return names;
    }
  }
}
