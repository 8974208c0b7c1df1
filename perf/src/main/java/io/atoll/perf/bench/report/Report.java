package io.atoll.perf.bench.report;

import io.atoll.AtollVersion;
import io.atoll.perf.bench.run.LoadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * All that a run came to.
 *
 * @param partial why not all was run; null if it was
 */
public record Report(
    String tool, String at, Machine machine, String partial, List<LoadResult> loads) {

  /** Where the client ran. */
  public record Machine(String kernel, String java, int processors, String processor) {
    private static final String MODEL_NAME = "model name";

    static Machine here() {
      return new Machine(
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          Runtime.version().toString(),
          Runtime.getRuntime().availableProcessors(),
          processorName());
    }

    private static String processorName() {
      try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
        return lines
            .filter(line -> line.startsWith(MODEL_NAME))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      } catch (java.io.IOException | java.io.UncheckedIOException e) {
        return "unknown";
      }
    }
  }

  /**
   * @param failure why not all was run; null if it was
   */
  public static Report of(List<LoadResult> loads, RuntimeException failure) {
    return new Report(
        "atoll bench " + AtollVersion.current(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        Machine.here(),
        failure == null ? null : failure.getMessage(),
        List.copyOf(loads));
  }
}
