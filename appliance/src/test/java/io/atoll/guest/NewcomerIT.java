package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.api.efs.AwsCli;
import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way of a newcomer, with the commands that the README has: a node, a file system and a mount
 * target by the AWS CLI, and the mount. Ports and directory are the test's, the words are the
 * README's.
 */
@Tag("guest")
@EitherIo
class NewcomerIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String API = "http://127.0.0.1:8049";
  private static final String INDENT = "    ";
  private static final String MOUNT = "sudo mount ";
  private static final long COMMANDS_END_WITHIN_SECONDS = 300;
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  @TempDir private Path directory;

  /** The lines of the README's block that {@code line} is in. */
  private static List<String> block(String line) throws Exception {
    List<String> all = Files.readAllLines(REPOSITORY.resolve("README.md"));
    int at = 0;
    while (!all.get(at).contains(line)) {
      at++;
    }
    int first = at;
    while (all.get(first - 1).startsWith(INDENT)) {
      first--;
    }
    int end = at + 1;
    while (all.get(end).startsWith(INDENT)) {
      end++;
    }
    return all.subList(first, end).stream().map(text -> text.substring(INDENT.length())).toList();
  }

  /** Runs a script in the repository, as a newcomer's shell would; gives what it printed. */
  private String run(String script) throws Exception {
    Path output = directory.resolve("output.txt");
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-euc", script)
            .directory(REPOSITORY.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    shell.environment().put("XDG_DATA_HOME", directory.toString()); // the data directory's default
    shell.environment().put("HOME", directory.toString());
    shell.environment().put("ATOLL_SKIP_BUILD", "1");
    Process running = shell.start();
    if (!running.waitFor(COMMANDS_END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      running.destroyForcibly();
      throw new AssertionError("the README's commands do not end: " + Files.readString(output));
    }
    assertEquals(0, running.exitValue(), Files.readString(output));
    return Files.readString(output);
  }

  @Test
  void whatTheReadmeSaysMountsAFileSystem() throws Exception {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
    assertEquals(List.of("./atoll serve"), block(INDENT + "./atoll serve").subList(0, 1));
    List<String> commands = block("aws efs create-file-system");
    String mount = commands.getLast();
    assertTrue(mount.startsWith(MOUNT) && mount.contains("\"$address:/\""), mount);
    int port = AtollServer.freePort();
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + directory.resolve("atoll"),
            "--nfs=127.0.0.1:0",
            "--subnets=a=127.0.0.1/32", // all that a guest reaches
            "--mount-target-port=" + port)) {
      node.awaitReady();
      String api = AtollProcess.field(node.output(), "EFS API");
      String script = String.join("\n", commands.subList(0, commands.size() - 1));
      assertTrue(script.contains(API), script);
      String printed = run(script.replace(API, api) + "\necho \"at $address\"");
      assertTrue(printed.contains("at 127.0.0.1"), printed);
      try (LinuxGuest guest =
          LinuxGuest.named("newcomer")
              .label("newcomer")
              .serverPort(port)
              .job("newcomer.sh", inGuest(mount, port).split(" ", -1))
              .start()) {
        guest.awaitMarker("MOUNTED", STEP_MOST);
        guest.awaitExit(STEP_MOST);
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  /** The guest is root, and reaches this machine's loopback by another address. */
  private static String inGuest(String mount, int port) {
    return mount
        .substring("sudo ".length())
        .replace("\"$address:/\"", LinuxGuest.HOST_ADDRESS + ":/")
        .replace("-o ", "-o port=" + port + ",");
  }
}
