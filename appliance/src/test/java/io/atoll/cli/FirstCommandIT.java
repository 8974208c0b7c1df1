package io.atoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README has a newcomer do first, where nothing is built: the first command builds, tells
 * how far it is, makes a file system and serves it; the next one serves at once. Both run as users
 * run them: from the launcher's jars, with the start that it has recorded.
 */
class FirstCommandIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  /** What is not there before a build, and what is not of the sources. */
  private static final Set<String> LEFT_OUT = Set.of("target", ".git");

  /** With all libraries to be fetched, on a busy machine. */
  private static final Duration BUILD_MOST = Duration.ofMinutes(20);

  /** The first line of code in the README, which the tests call with a port of their own. */
  private static final String FIRST_COMMAND = "./atoll serve";

  @TempDir private Path folder;

  @AfterEach
  void runThisProjectAgain() {
    System.clearProperty(AtollProcess.LAUNCHER_PROPERTY);
  }

  @Test
  void theFirstCommandOfTheReadmeBuildsAndServes() throws Exception {
    Path clone = folder.resolve("atoll");
    copySources(clone);
    assertEquals(FIRST_COMMAND, firstCommand(clone.resolve("README.md")));
    System.setProperty(AtollProcess.LAUNCHER_PROPERTY, clone.resolve("atoll").toString());

    String first = serve(clone);
    assertTrue(first.contains("atoll: building ("), first);
    assertTrue(first.contains("atoll: building atoll appliance"), first);
    assertTrue(first.contains("atoll: recording a start"), first);
    assertFalse(first.contains("Atoll starts without it"), first);
    assertTrue(first.contains("(new)"), first);
    assertTrue(
        first.contains(folder.resolve("data").resolve("atoll").toString()), "its place: " + first);

    String second = serve(clone);
    assertFalse(second.contains("building"), second);
    assertFalse(second.contains("recording"), second);
    assertFalse(second.contains("(new)"), second);
  }

  /** Serves a client, stops in order, and returns what was told. */
  private String serve(Path clone) throws Exception {
    List<String> newcomer =
        List.of("env", "--unset=ATOLL_SKIP_BUILD", "XDG_DATA_HOME=" + folder.resolve("data"));
    try (AtollProcess node = AtollProcess.startUnder(newcomer, "serve", "--nfs=127.0.0.1:0")) {
      node.awaitLine("Ready."::equals, BUILD_MOST);
      assertRunsAsRecorded(node, clone);
      try (NfsClient client = new NfsClient(node.nfsPort(), "newcomer", 1)) {
        client.call(Requests.putRoot()).is(Nfs4Status.OK);
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      return node.output();
    }
  }

  /** The JVM has mapped the cache of the launcher's jars, and no folder of classes is its path. */
  private static void assertRunsAsRecorded(AtollProcess node, Path clone) throws IOException {
    Path servers = clone.resolve("target/server").toRealPath();
    String mapped = Files.readString(Path.of("/proc", Long.toString(node.pid()), "maps"));
    assertTrue(
        mapped.lines().anyMatch(line -> line.contains(servers + "/") && line.endsWith(".aot")),
        mapped);
    String command =
        Files.readString(Path.of("/proc", Long.toString(node.pid()), "cmdline"), UTF_8);
    assertFalse(command.contains("target/classes"), command);
  }

  private static void copySources(Path clone) throws IOException {
    Files.walkFileTree(
        PROJECT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (LEFT_OUT.contains(folder.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectory(clone.resolve(PROJECT.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!LEFT_OUT.contains(file.getFileName().toString())) {
              Files.copy(
                  file,
                  clone.resolve(PROJECT.relativize(file)),
                  StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static String firstCommand(Path readme) throws IOException {
    return Files.readAllLines(readme).stream()
        .filter(line -> line.startsWith("    "))
        .findFirst()
        .orElseThrow()
        .strip();
  }
}
