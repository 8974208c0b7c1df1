package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atoll.perf.bench.fake.FakeNfsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server takes as unstable and loses, as its write verifier tells, is sent again. */
class LostWritesTest {
  private static final int AS_ASKED = -1;
  private static final int UNSTABLE = 0;

  @TempDir private Path folder;
  private FakeNfsServer server;

  @BeforeEach
  void start() {
    server = new FakeNfsServer();
    server.fault().committed = AS_ASKED;
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    server.requireNoTrouble();
  }

  private BenchRun bench(String... more) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--time", "300ms");
    options.put("--ramp-up", "0ms");
    options.put("--stable", "unstable");
    options.put("--file-size", "256k");
    options.put("--block-size", "4k");
    for (String each : more) {
      String[] parts = each.split("=", 2);
      options.put(parts[0], parts[1]);
    }
    List<String> all = new ArrayList<>(List.of(server.url(), "--verify"));
    options.forEach((name, value) -> all.add(name + "=" + value));
    return BenchRun.of(folder, all.toArray(String[]::new));
  }

  private static void requireAllRight(BenchRun run) {
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    JsonNode verified = run.load(0).get("servers").get(0).get("verified");
    assertEquals(0, verified.get("wrongBlocks").asLong(), run.toString());
    assertTrue(verified.get("checkedBytes").asLong() > 0, run.toString());
  }

  private static void requireLost(BenchRun run) {
    requireAllRight(run);
    assertTrue(run.round(0).get("lost").asLong() > 0, run.toString());
    assertTrue(run.out().contains("LOST by the server and sent again"), run.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"seq-write", "rand-write", "mixed", "append"})
  void whatIsLostBeforeAWriteIsSentAgain(String workload) throws IOException {
    server.fault().loseAtWrite = 7;
    requireLost(bench("--workload=" + workload, "--depth=4", "--commit-every=8"));
  }

  @Test
  void aSmallFileOfWhichAPartIsLostIsWrittenAgain() throws IOException {
    server.fault().loseAtWrite = 4; // the second one of the second file
    requireLost(bench("--workload=small-write", "--file-size=1200k"));
  }

  @Test
  void aSmallFileThatIsLostBeforeItsCommitIsWrittenAgain() throws IOException {
    server.fault().loseAtCommit = 2;
    requireLost(bench("--workload=small-write"));
  }

  @Test
  void whatIsLostBeforeACommitIsSentAgain() throws IOException {
    server.fault().loseAtCommit = 3;
    requireLost(bench("--workload=seq-write", "--depth=4", "--commit-every=8"));
  }

  @Test
  void whatIsLostWhenTheRunIsOverIsSentAgain() throws IOException {
    server.fault().loseAtCommit = 1;
    BenchRun run = bench("--workload=seq-write", "--depth=1", "--commit-every=0");
    requireLost(run);
    long blocks = 256 / 4;
    assertTrue(run.round(0).get("lost").asLong() <= blocks, run.toString());
  }

  @Test
  void whatIsLostInPreparationsIsWrittenAgain() throws IOException {
    server.fault().loseAtCommit = 1;
    requireAllRight(bench("--workload=rand-read"));
  }

  @Test
  void aWriteLessDurableThanAskedEndsTheRun() throws IOException {
    server.fault().committed = UNSTABLE;
    BenchRun run = bench("--workload=append", "--stable=file");
    assertEquals(BenchExit.REFUSED, run.exitCode(), run.toString());
    assertTrue(run.err().contains("was to be FILE_SYNC with UNSTABLE"), run.toString());
  }
}
