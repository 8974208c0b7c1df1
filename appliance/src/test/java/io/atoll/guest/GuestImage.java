package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.atoll.io.runtime.IoMode;
import io.atoll.io.testing.IoUnderTest;
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
 * <p>Where they can't be had, the calling test is left out with the reason.
 */
final class GuestImage {
  static final Path SCRIPTS = Path.of("src/test/guest").toAbsolutePath();

  /** Where guests and servers leave their logs. */
  static final Path LOGS =
      Path.of(IoUnderTest.mode() == IoMode.URING ? "target/guest" : "target/guest-nio")
          .toAbsolutePath();

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
        abort(lastLine + " (see " + progress + ")");
      }
      return Path.of(Files.readString(output).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("preparing the guest with " + SCRIPTS.resolve("prepare"), e);
    }
  }
}
