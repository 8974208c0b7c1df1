package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FsStatistics;
import io.atoll.fs.check.CheckReport;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.VolumeOptions;
import io.atoll.io.volume.VolumeRecovery;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large things, made by a process of their own that is killed in the midst of changing more: the
 * memory that it took, what a start has to do after it, and that everything is there and counted.
 */
@EitherIo
class ScaleTest {
  /** What the sizes are divided by, to try the whole test on a smaller disk or in less time. */
  private static final String DIVISOR_PROPERTY = "atoll.scale.divisor";

  /** How many files, if not as many as that leaves: they take the most time. */
  private static final String FILES_PROPERTY = "atoll.scale.files";

  private static final long AWAIT_CHECKS = 1200;
  private static final long AWAIT_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A start takes seconds; this is what no machine under whatever load may take. */
  private static final long MAX_START_SECONDS = 60;

  /** What {@code ./atoll serve} gives its server. */
  private static final List<String> MEMORY =
      List.of("-Xms256m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m");

  @TempDir private Path data;

  @Test
  void aHundredthOfTheSizesHolds() throws Exception {
    holds(100, ScaleSizes.WHOLE.files() / 100);
  }

  @Test
  @Tag("full")
  void theSizesHold() throws Exception {
    int divisor = Integer.getInteger(DIVISOR_PROPERTY, 1);
    holds(divisor, Integer.getInteger(FILES_PROPERTY, ScaleSizes.WHOLE.files() / divisor));
  }

  private void holds(int divisor, int files) throws Exception {
    makeAndKill(divisor, files);
    long logBytes = logBytes();
    VolumeOptions options = VolumeOptions.defaults();
    assertTrue(
        logBytes <= options.maxLogSegments() * options.logSegmentBytes(), "the log: " + logBytes);
    long objects = openAndCheck(ScaleSizes.WHOLE.dividedBy(divisor).withFiles(files), logBytes);
    fsck(objects);
  }

  private void makeAndKill(int divisor, int files) throws Exception {
    Process program = start(divisor, files);
    boolean ready = false;
    try (BufferedReader lines = program.inputReader(StandardCharsets.UTF_8)) {
      long boundBytes = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        if (line.startsWith(ScaleProgram.BOUND)) {
          boundBytes = Long.parseLong(line.substring(ScaleProgram.BOUND.length()));
        } else if (line.equals(ScaleProgram.READY)) {
          ready = true;
        } else if (ready) {
          long peakBytes = KernelFigures.peakResidentBytes(program.pid());
          System.out.printf(
              "resident at most %d MiB of %d, page tables %d KiB%n",
              peakBytes >> 20, boundBytes >> 20, KernelFigures.pageTableBytes(program.pid()) >> 10);
          assertTrue(peakBytes <= boundBytes, peakBytes + " bytes of " + boundBytes);
          break; // and there it ends, in the midst of its work
        }
      }
    } finally {
      program.destroyForcibly().waitFor();
    }
    assertTrue(ready, "the program that makes it all ended before its time: see its output");
  }

  private Process start(int divisor, int files) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--") || flag.equals("-ea") || flag.startsWith("-Dchronicle")) {
        command.add(flag);
      }
    }
    command.addAll(MEMORY);
    command.addAll(
        List.of(
            IoUnderTest.property(),
            "-cp",
            System.getProperty("java.class.path"),
            ScaleProgram.class.getName(),
            data.toString(),
            Integer.toString(divisor),
            Integer.toString(files)));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private long logBytes() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> file.getParent().endsWith("log") && Files.isRegularFile(file))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /** How many objects there are. */
  private long openAndCheck(ScaleSizes sizes, long logBytes) throws Exception {
    long began = System.nanoTime();
    try (ScaleStore store = new ScaleStore(data)) {
      final long startSeconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      VolumeRecovery recovery = store.recovery();
      System.out.printf(
          "a start replayed %d records in %d groups of %d MiB of log, in %d ms%n",
          recovery.records(), recovery.groups(), logBytes >> 20, recovery.nanos() / 1_000_000);
      assertTrue(startSeconds <= MAX_START_SECONDS, "a start of " + startSeconds + " s");
      assertTrue(recovery.records() > 0, "it was killed with nothing to replay");
      assertTrue(
          recovery.groups() * (long) ScaleShapes.BLOCK_BYTES <= logBytes,
          recovery.groups() + " groups");
      ScaleShapes shapes = new ScaleShapes(store, sizes);
      ScaleProgram.checkUsed(store, shapes);
      ScaleProgram.checkAll(shapes);
      return store.<FsStatistics>one((call, end) -> store.fs().statistics(call, end)).totalFiles();
    }
  }

  private void fsck(long totalFiles) throws Exception {
    List<Finding> found = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(data, data, false)) {
      for (Path folder : check.fileSystems(null)) {
        CheckReport report = check.check(folder, new Findings(found::add), checked -> {});
        assertNotNull(report, found.toString());
        System.out.println(report);
        assertTrue(report.inodes() <= totalFiles, report.toString());
      }
    }
    assertEquals(List.of(), found);
  }

  /** Waits for what comes by itself. */
  static void await(Callable<Boolean> condition, Callable<String> otherwise) throws Exception {
    for (int i = 0; i < AWAIT_CHECKS && !condition.call(); i++) {
      TimeUnit.NANOSECONDS.sleep(AWAIT_CHECK_NANOS);
    }
    ScaleShapes.check(condition.call(), otherwise.call());
  }
}
