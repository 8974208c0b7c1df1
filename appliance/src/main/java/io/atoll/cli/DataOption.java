package io.atoll.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which data directory a command is about. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      converter = DirectoryPath.class,
      description =
          "Where file systems are kept; 'serve' makes it if it is not there. Default: atoll in the"
              + " XDG data home ($XDG_DATA_HOME or ~/.local/share).")
  private Path data;

  Path directory() {
    return (data == null ? defaultData() : data).toAbsolutePath().normalize();
  }

  private static Path defaultData() {
    String xdg = System.getenv("XDG_DATA_HOME");
    // The XDG specification: a path that is not absolute is to be ignored.
    Path home =
        xdg == null || !xdg.startsWith("/")
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(xdg);
    return home.resolve("atoll");
  }
}
