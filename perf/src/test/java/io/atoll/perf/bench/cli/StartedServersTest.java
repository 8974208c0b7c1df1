package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atoll.perf.bench.workload.WorkloadName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that the harness starts by itself, and what stays of them: nothing. */
class StartedServersTest {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path folder;

  private Path disk() throws IOException {
    return Files.createDirectories(folder.resolve("disk"));
  }

  private void requireNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(disk())) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void aStartedServerTakesAllLoadsAndEndsWithTheRun() throws IOException {
    BenchRun run =
        BenchRun.of(
            folder,
            "discard",
            "--on=" + disk(),
            "--workload=all",
            "--verify",
            "--connections=2",
            "--depth=2",
            "--files=6",
            "--file-size=64k",
            "--block-size=4k",
            "--directory-size=15",
            "--time=100ms",
            "--ramp-up=0ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals(WorkloadName.values().length, run.json().get("loads").size());
    assertTrue(run.out().contains("acknowledges everything, and keeps nothing"), run.toString());
    assertFalse(isAlive(run.load(0).get("servers").get(0).get("pid").asLong()));
    requireNothingLeft();
  }

  @Test
  void atollIsStartedWithADataDirectoryOfItsOwn() throws IOException {
    BenchRun run =
        BenchRun.of(
            folder,
            "--on=" + disk(),
            "--vs=discard",
            "--rounds=1",
            "--workload=rand-write",
            "--file-size=1m",
            "--verify",
            "--time=200ms",
            "--ramp-up=0ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals("atoll", run.load(0).get("servers").get(0).get("name").asText());
    assertTrue(run.load(0).get("servers").get(1).get("verified").isNull(), run.toString());
    assertFalse(isAlive(run.load(0).get("servers").get(0).get("pid").asLong()));
    requireNothingLeft();
  }

  @Test
  void atollIsStartedAsSaidAndTellsWhatItCounts() throws IOException {
    String small = "atoll:cache-bytes=16m:loops=1";
    BenchRun run =
        BenchRun.of(
            folder,
            small,
            "--on=" + disk(),
            "--workload=rand-read",
            "--file-size=64m",
            "--depth=4",
            "--time=2500ms",
            "--ramp-up=1100ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals(small, run.load(0).get("servers").get(0).get("name").asText());
    JsonNode counters = run.round(0).get("counters");
    assertTrue(counters.get("requests").asLong() > 0, run.toString());
    assertTrue(counters.get("cacheHitShare").asDouble() < 0.5, "a small cache: " + run);
    assertTrue(counters.get("diskReads").asDouble() > 0.5, run.toString());
    assertTrue(run.out().contains("a request:"), run.toString());
  }

  @Test
  void whatAtollRefusesIsToldInItsOwnWords() throws IOException {
    BenchRun run = BenchRun.of(folder, "atoll:cache-bytes=1m", "--on=" + disk(), "--workload=ping");
    assertEquals(BenchExit.UNAVAILABLE, run.exitCode(), run.toString());
    assertTrue(run.err().contains("1m is not between 16m and 64g"), run.toString());
    requireNothingLeft();
  }

  @Test
  void aStoppedRunLeavesNoServer() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(each -> each.startsWith("--"))
            .toList());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(BenchCommand.class.getName());
    command.addAll(List.of("discard", "--workload=ping", "--time=1h", "--on=" + disk()));
    Process bench = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = bench.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine(); // says how far it is when the load has run for a while
      assertTrue(line.contains("running"), line);
      List<ProcessHandle> servers = bench.descendants().toList();
      assertEquals(1, servers.size());
      bench.toHandle().destroy(); // the process alone: its output is still to be read
      assertTrue(bench.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
      String rest = String.join("\n", output.lines().toList());
      assertEquals(BenchExit.STOPPED, bench.exitValue(), rest);
      assertTrue(rest.contains("PARTIAL: stopped by the user"), rest);
      assertFalse(servers.getFirst().isAlive());
    } finally {
      bench.destroyForcibly();
    }
    requireNothingLeft();
  }

  @Test
  void aServerThatEndsByItselfIsExplained() throws Exception {
    CompletableFuture<BenchRun> running =
        CompletableFuture.supplyAsync(() -> {
          try {
            return BenchRun.of(folder, "discard", "--on=" + disk(), "--workload=ping", "--time=1h");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    server().destroyForcibly();
    BenchRun run = running.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(
        run.exitCode() == BenchExit.ENDED_EARLY || run.exitCode() == BenchExit.UNAVAILABLE,
        run.toString());
    assertTrue(run.err().contains("ended"), run.toString());
    assertTrue(run.err().contains("with exit code 137"), run.toString());
  }

  /** The server that this process has started, once it is that: before, it is the JDK's helper. */
  private static ProcessHandle server() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      Optional<ProcessHandle> child =
          ProcessHandle.current()
              .children()
              .filter(each -> each.info().command().orElse("").endsWith("/bin/java"))
              .findFirst();
      if (child.isPresent()) {
        return child.get();
      }
      assertTrue(System.nanoTime() - deadline < 0, "no server was started");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void whatIsMissingIsSaidInOneLine() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    BenchRun run = BenchRun.of(folder, "discard", "--on=" + nowhere, "--workload=ping");
    assertEquals(BenchExit.UNAVAILABLE, run.exitCode(), run.toString());
    assertEquals(1, run.err().lines().count(), run.toString());
    assertTrue(run.err().contains("can't start discard"), run.toString());
    assertTrue(run.err().contains(nowhere.toString()), run.toString());
  }

  @Test
  @Tag("full")
  void ganeshaIsStartedBothWays() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/ganesha.nfsd")), "nfs-ganesha is not installed");
    BenchRun run =
        BenchRun.of(
            folder,
            "ganesha",
            "--vs=ganesha-sync",
            "--on=" + disk(),
            "--rounds=1",
            "--workload=create-remove,rand-write,small-write",
            "--file-size=1m",
            "--verify",
            "--time=300ms",
            "--ramp-up=0ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertTrue(run.out().contains("changes of names BEFORE they are"), run.toString());
    requireNothingLeft();
  }
}
