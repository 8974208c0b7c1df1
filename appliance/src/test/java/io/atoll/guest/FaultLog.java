package io.atoll.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** What a server was put through, line by line with the time since the beginning. */
final class FaultLog {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Path file;
  private final long startNanos = System.nanoTime();

  /**
   * Begins an empty log.
   *
   * @param name of the file in {@code target/guest}
   */
  FaultLog(String name) throws IOException {
    Files.createDirectories(GuestImage.LOGS);
    file = GuestImage.LOGS.resolve(name);
    Files.deleteIfExists(file);
  }

  void note(String line) {
    String timed =
        String.format(
            Locale.ROOT,
            "%8.1f s  %s%n",
            (System.nanoTime() - startNanos) / NANOS_PER_SECOND,
            line);
    try {
      Files.writeString(file, timed, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
