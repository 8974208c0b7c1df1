package io.atoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README has a newcomer do first, on a fresh clone of what is committed: the first command
 * builds, tells how far it is, makes a file system and serves it; the next one serves at once.
 */
@Tag("full")
class FreshCloneIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

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
    assumeTrue(Files.exists(PROJECT.resolve(".git")), "this is no clone of a git repository");
    Path clone = folder.resolve("atoll");
    assertEquals(0, git("clone", "--quiet", "--no-local", PROJECT.toString(), clone.toString()));
    assertEquals(FIRST_COMMAND, firstCommand(clone.resolve("README.md")));
    System.setProperty(AtollProcess.LAUNCHER_PROPERTY, clone.resolve("atoll").toString());

    String first = serve();
    assertTrue(first.contains("atoll: building ("), first);
    assertTrue(first.contains("atoll: building atoll appliance"), first);
    assertTrue(first.contains("(new)"), first);
    assertTrue(
        first.contains(folder.resolve("data").resolve("atoll").toString()), "its place: " + first);

    String second = serve();
    assertFalse(second.contains("building"), second);
    assertFalse(second.contains("(new)"), second);
  }

  /** Serves a client, stops in order, and returns what was told. */
  private String serve() throws Exception {
    List<String> newcomer =
        List.of("env", "--unset=ATOLL_SKIP_BUILD", "XDG_DATA_HOME=" + folder.resolve("data"));
    try (AtollProcess node = AtollProcess.startUnder(newcomer, "serve", "--nfs=127.0.0.1:0")) {
      node.awaitLine("Ready."::equals, BUILD_MOST);
      try (NfsClient client = new NfsClient(node.nfsPort(), "newcomer", 1)) {
        client.call(Requests.putRoot()).is(Nfs4Status.OK);
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
      return node.output();
    }
  }

  private static String firstCommand(Path readme) throws Exception {
    return Files.readAllLines(readme).stream()
        .filter(line -> line.startsWith("    "))
        .findFirst()
        .orElseThrow()
        .strip();
  }

  private static int git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
    System.out.print(new String(git.getInputStream().readAllBytes(), UTF_8));
    return git.waitFor();
  }
}
