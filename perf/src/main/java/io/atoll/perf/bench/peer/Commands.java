package io.atoll.perf.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds and runs programs of this machine. */
final class Commands {
  /** None of those that are run here works for long. */
  private static final long LIMIT_SECONDS = 60;

  /** Where a user's PATH may not lead, but servers and disk tools are. */
  private static final List<String> SYSTEM_FOLDERS =
      List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

  private Commands() {}

  /** What a command said, and whether it was content. */
  record Outcome(boolean ok, String output) {
    String firstLine() {
      return output.lines().findFirst().orElse("it says nothing");
    }
  }

  /** Where program {@code name} is, if it is there. */
  static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Arrays.stream(path.split(File.pathSeparator, -1)), SYSTEM_FOLDERS.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Whether this process may do what only root may. */
  static boolean isRoot() {
    return ProcessHandle.current().info().user().filter("root"::equals).isPresent();
  }

  /** Runs a command to its end. */
  static Outcome run(String... command) {
    boolean interrupted = Thread.interrupted(); // what is begun must also be taken down again
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Outcome(false, command[0] + " does not end");
      }
      return new Outcome(process.exitValue() == 0, output.strip());
    } catch (IOException e) {
      return new Outcome(false, e.getMessage());
    } catch (InterruptedException e) {
      interrupted = true;
      return new Outcome(false, command[0] + " was interrupted");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
