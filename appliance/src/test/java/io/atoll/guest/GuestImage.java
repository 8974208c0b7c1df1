package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kernel, initrd and root image of the Linux guest, as {@code src/test/guest/prepare} makes and
 * caches them.
 *
 * <p>Where they can't be had, the calling test is skipped with the reason; with the environment's
 * {@code CI=true} it fails instead, so that CI never leaves the real client out unnoticed.
 */
final class GuestImage {
  static final Path SCRIPTS = Path.of("src/test/guest").toAbsolutePath();

  /** Where guests and servers leave their logs. */
  static final Path LOGS = Path.of("target/guest").toAbsolutePath();

  private static final int PREPARE_MINUTES_MOST = 20;

  private static Path prepared;

  private GuestImage() {}

  /**
   * The directory with {@code vmlinuz}, {@code initrd.gz} and {@code root.img}; prepares it when it
   * isn't there.
   */
  static synchronized Path locate() throws InterruptedException {
    if (prepared == null) {
      prepared = prepare();
    }
    return prepared;
  }

  /**
   * Ends the test because something that it needs isn't here: skips it, or fails it under {@code
   * CI=true}.
   */
  static void unavailable(String reason) {
    if ("true".equals(System.getenv("CI"))) {
      fail(reason);
    }
    abort(reason);
  }

  private static Path prepare() throws InterruptedException {
    try {
      Files.createDirectories(LOGS);
      Path output = LOGS.resolve("prepare.out");
      Path progress = LOGS.resolve("prepare.log");
      Process process =
          new ProcessBuilder(SCRIPTS.resolve("prepare").toString())
              .redirectOutput(output.toFile())
              .redirectError(progress.toFile())
              .start();
      if (!process.waitFor(PREPARE_MINUTES_MOST, TimeUnit.MINUTES)) {
        process.destroy();
        fail(
            "preparing the guest took more than "
                + PREPARE_MINUTES_MOST
                + " minutes; see "
                + progress);
      }
      List<String> lines = Files.readAllLines(progress);
      String lastLine = lines.isEmpty() ? "no reason given" : lines.getLast();
      if (process.exitValue() != 0) {
        unavailable(lastLine + " (see " + progress + ")");
      }
      return Path.of(Files.readString(output).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("preparing the guest with " + SCRIPTS.resolve("prepare"), e);
    }
  }
}
