package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atoll.perf.bench.fake.FakeNfsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself, against a server whose faults are known. */
class BenchCommandTest {
  private static final int MILLI = 1000;

  @TempDir private Path folder;
  private FakeNfsServer server;

  @BeforeEach
  void start() {
    server = new FakeNfsServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    server.requireNoTrouble();
  }

  /** A short run of random reads with depth 1, unless something else is said. */
  private BenchRun bench(String... more) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--workload", "rand-read");
    options.put("--file-size", "1m");
    options.put("--time", "400ms");
    options.put("--ramp-up", "0ms");
    for (String each : more) {
      String[] parts = each.split("=", 2);
      options.put(parts[0], parts.length == 1 ? "true" : parts[1]);
    }
    List<String> all = new ArrayList<>(List.of(server.url()));
    options.forEach((name, value) -> all.add(name + "=" + value));
    return BenchRun.of(folder, all.toArray(String[]::new));
  }

  @Test
  void delayOfTheServerIsShown() throws IOException {
    server.fault().readDelayMillis = 30;
    BenchRun run = bench();
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    JsonNode measured = run.operation(0).get("measured");
    assertTrue(measured.get("count").asLong() > 0, run.toString());
    assertTrue(measured.get("min").asDouble() >= 30 * MILLI, run.toString());
    assertTrue(run.round(0).get("perSecond").asDouble() <= 1 / 0.030 + 1, run.toString());
  }

  @Test
  void openLoopShowsWhomAStallKeptWaiting() throws IOException {
    server.fault().stallAtRead = 20;
    server.fault().stallMillis = 400;
    BenchRun run = bench("--rate=200", "--time=1s");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    JsonNode operation = run.operation(0);
    // One request was slow to be answered, and some eighty more were due meanwhile.
    long count = operation.get("measured").get("count").asLong();
    long due = count + run.round(0).get("neverStarted").asLong();
    assertTrue(due >= 150, run.toString());
    assertTrue(operation.get("measured").get("max").asDouble() >= 400 * MILLI, run.toString());
    assertTrue(sharedAbove(operation, 200 * MILLI, "corrected") >= 0.15, run.toString());
    assertTrue(
        sharedAbove(operation, 200 * MILLI, "measured")
            < sharedAbove(operation, 200 * MILLI, "corrected"),
        run.toString());
  }

  @Test
  void closedLoopHidesAStallUnlessCorrected() throws IOException {
    server.fault().readDelayMillis = 2;
    server.fault().stallAtRead = 20;
    server.fault().stallMillis = 400;
    BenchRun run = bench("--time=1s");
    JsonNode operation = run.operation(0);
    long count = operation.get("measured").get("count").asLong();
    assertTrue(operation.get("corrected").get("count").asLong() > count, run.toString());
    assertTrue(
        operation.get("corrected").get("p90").asDouble() >= 50 * MILLI
            || operation.get("measured").get("p50").asDouble() >= 20 * MILLI,
        run.toString());
    assertTrue(
        sharedAbove(operation, 100 * MILLI, "measured")
            < sharedAbove(operation, 100 * MILLI, "corrected"),
        run.toString());
  }

  /** The share of operations that took longer than {@code micros}, by the curve's points. */
  private static double sharedAbove(JsonNode operation, double micros, String which) {
    double below = 0;
    for (JsonNode point : operation.get("curve")) {
      if (point.get(which).asDouble() < micros) {
        below = point.get("percentile").asDouble() / 100;
      }
    }
    return 1 - below;
  }

  @Test
  void oneWrongByteInAMillionIsFound() throws IOException {
    server.fault().corruptEveryBytes = 1_000_000;
    BenchRun run =
        bench("--workload=seq-read", "--block-size=64k", "--verify", "--time=2s", "--depth=4");
    assertEquals(BenchExit.WRONG_DATA, run.exitCode(), run.toString());
    JsonNode verified = run.load(0).get("servers").get(0).get("verified");
    assertTrue(verified.get("wrongBlocks").asLong() >= 1, run.toString());
    assertTrue(run.out().contains("the checksum of 4096 bytes is wrong"), run.toString());
  }

  @Test
  void aReadDuringAWriteMayBeHalfOfEach() throws IOException {
    server.fault().tornWriteMillis = 2;
    BenchRun run =
        bench(
            "--workload=mixed",
            "--verify",
            "--connections=4",
            "--files=1",
            "--file-size=32k",
            "--block-size=4k");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    JsonNode verified = run.load(0).get("servers").get(0).get("verified");
    assertEquals(0, verified.get("wrongBlocks").asLong(), run.toString());
    assertTrue(verified.get("checkedBytes").asLong() > 0, run.toString());
  }

  @Test
  void rightDataIsFoundRight() throws IOException {
    BenchRun run =
        bench("--workload=mixed,seq-write,append,small-write,small-read", "--verify", "--files=8");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    for (int i = 0; i < 5; i++) {
      JsonNode verified = run.load(i).get("servers").get(0).get("verified");
      assertEquals(0, verified.get("wrongBlocks").asLong(), run.toString());
      assertTrue(verified.get("checkedBytes").asLong() > 0, run.toString());
    }
  }

  @Test
  void hangingServerEndsTheRunWithWhatWasMeasured() throws IOException {
    server.fault().hangAtRead = 50;
    BenchRun run = bench("--time=60s", "--hang-after=1s", "--depth=2");
    assertEquals(BenchExit.ENDED_EARLY, run.exitCode(), run.toString());
    assertTrue(run.err().contains("has not answered for 1 s"), run.toString());
    assertEquals(49, run.operation(0).get("operations").asLong(), run.toString());
    assertEquals(2, run.round(0).get("unanswered").asLong(), run.toString());
    assertTrue(run.operation(0).get("measured").get("max").asDouble() >= 1000 * MILLI);
    assertTrue(run.json().get("partial").asText().contains("not answered"), run.toString());
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersIsNotWaitedForForEver() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BenchRun run =
          BenchRun.of(folder, "nfs://127.0.0.1:" + deaf.getLocalPort() + "/", "--hang-after", "1s");
      assertEquals(BenchExit.ENDED_EARLY, run.exitCode(), run.toString());
      assertTrue(run.err().contains("connecting"), run.toString());
    }
  }

  @Test
  void aReportThatCantBeWrittenIsRefusedBeforeAnythingIsDone() throws IOException {
    Path nowhere = folder.resolve("nowhere").resolve("page.html");
    BenchRun run = bench("--html=" + nowhere);
    assertEquals(BenchExit.USAGE, run.exitCode(), run.toString());
    assertTrue(run.err().contains(nowhere.toString()), run.toString());
    assertEquals(1, run.err().lines().count(), run.toString());
  }

  @Test
  void lostConnectionEndsTheRunWithWhatWasMeasured() throws IOException {
    server.fault().closeAtRead = 50;
    BenchRun run = bench("--time=60s");
    assertEquals(BenchExit.ENDED_EARLY, run.exitCode(), run.toString());
    assertTrue(run.err().contains("closed the connection"), run.toString());
    assertEquals(49, run.operation(0).get("operations").asLong(), run.toString());
    assertTrue(run.out().contains("PARTIAL"), run.toString());
  }

  @Test
  void delaysAreWaitedForAndCounted() throws IOException {
    server.fault().delays.set(3);
    BenchRun run = bench();
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals(3, run.round(0).get("delays").asLong(), run.toString());
    assertTrue(run.round(0).get("refusals").isEmpty(), run.toString());
  }

  @Test
  void refusalIsNamedAndEndsTheRunWhenNothingElseComes() throws IOException {
    server.fault().refuseFromRead = 11;
    server.fault().readStatus = 13;
    BenchRun run = bench("--time=60s");
    assertEquals(BenchExit.REFUSED, run.exitCode(), run.toString());
    assertTrue(run.err().contains("READ NFS4ERR_ACCESS"), run.toString());
    assertEquals(10, run.operation(0).get("operations").asLong(), run.toString());
    assertEquals(0, server.objectCount());
  }

  @Test
  void malformedAnswerIsNamed() throws IOException {
    server.fault().truncatesReads = true;
    BenchRun run = bench("--block-size=64k");
    assertEquals(BenchExit.REFUSED, run.exitCode(), run.toString());
    assertTrue(run.err().contains("answer to READ is malformed"), run.toString());
    assertEquals(1, run.err().lines().filter(line -> line.contains("malformed")).count());
  }

  @Test
  void otherVersionsAreNamed() throws IOException {
    server.fault().compoundStatus = 10021;
    BenchRun minor = bench();
    assertEquals(BenchExit.REFUSED, minor.exitCode(), minor.toString());
    assertTrue(minor.err().contains("does not speak NFS version 4.1"), minor.toString());
    server.fault().acceptStatus = 2;
    BenchRun major = bench();
    assertEquals(BenchExit.REFUSED, major.exitCode(), major.toString());
    assertTrue(major.err().contains("does not speak NFS version 4, but 3 to 3"), major.toString());
    server.fault().acceptStatus = 1;
    assertTrue(bench().err().contains("does not serve NFS"));
  }

  @Test
  void nobodyThereIsSaidInOneLine() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    BenchRun run = BenchRun.of(folder, "nfs://127.0.0.1:" + port + "/", "--time", "100ms");
    assertEquals(BenchExit.UNREACHABLE, run.exitCode(), run.toString());
    assertEquals(1, run.err().lines().count(), run.toString());
    assertTrue(run.err().contains("127.0.0.1:" + port), run.toString());
  }

  @Test
  void directoryThatIsNotThereIsNamed() throws IOException {
    BenchRun run = BenchRun.of(folder, server.url() + "nowhere", "--time", "100ms");
    assertEquals(BenchExit.REFUSED, run.exitCode(), run.toString());
    assertTrue(run.err().contains("looking up 'nowhere'"), run.toString());
    assertTrue(run.err().contains("NFS4ERR_NOENT"), run.toString());
  }

  @Test
  void whatCantBeIsRefusedBeforeAnythingIsDone() throws IOException {
    for (String[] wrong :
        new String[][] {
          {"127.0.0.1:2049"},
          {server.url(), "--workload", "rand-raed"},
          {server.url(), "--depth", "0"},
          {server.url(), "--block-size", "4q"},
          {server.url(), "--workload=rand-write", "--file-size=64k", "--depth=64"},
          {server.url(), "--nonsense"},
          {server.url(), "--scenario", folder.resolve("missing.yaml").toString()},
          {"ganehsa"},
          {server.url(), "--vs", "atol"}
        }) {
      BenchRun run = BenchRun.of(folder, wrong);
      assertEquals(BenchExit.USAGE, run.exitCode(), run.toString());
      assertEquals(1, run.err().lines().count(), run.toString());
      assertNull(run.json());
    }
    assertEquals(0, server.reads());
  }

  @Test
  void twoServersAreComparedRoundByRound() throws IOException {
    try (FakeNfsServer other = new FakeNfsServer()) {
      BenchRun run = bench("--vs=" + other.url(), "--rounds=5", "--time=100ms");
      assertEquals(BenchExit.OK, run.exitCode(), run.toString());
      JsonNode rate = run.load(0).get("comparisons").get(0).get("figures").get(0);
      assertEquals("operations per second", rate.get("figure").asText());
      assertTrue(rate.get("low").asDouble() <= rate.get("median").asDouble(), run.toString());
      assertTrue(rate.get("median").asDouble() <= rate.get("high").asDouble(), run.toString());
      assertEquals(5, run.load(0).get("servers").get(0).get("rounds").size());
      assertEquals(5, run.load(0).get("servers").get(1).get("rounds").size());
      other.requireNoTrouble();
    }
  }

  @Test
  void theFirstServerIsComparedWithEachOfTheOthers() throws IOException {
    try (FakeNfsServer second = new FakeNfsServer();
        FakeNfsServer third = new FakeNfsServer()) {
      BenchRun run =
          bench("--vs=" + second.url() + "," + third.url(), "--rounds=1", "--time=100ms");
      assertEquals(BenchExit.OK, run.exitCode(), run.toString());
      JsonNode comparisons = run.load(0).get("comparisons");
      assertEquals(2, comparisons.size(), run.toString());
      assertEquals(third.url(), comparisons.get(1).get("name").asText());
      assertTrue(run.out().contains(server.url() + " / " + third.url()), run.toString());
    }
  }

  @Test
  void pageNeedsNoNetwork() throws IOException {
    Path page = folder.resolve("report.html");
    BenchRun run = bench("--html=" + page);
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    String html = Files.readString(page);
    assertTrue(html.contains("Chart.js v"), "the chart library is in it");
    assertTrue(html.contains("\"perSecond\""), "the figures are in it");
    assertFalse(html.matches("(?s).*<(script|link|img)[^>]*(src|href)=.*"), "nothing is fetched");
  }

  @Test
  void whatWasMadeIsRemoved() throws IOException {
    BenchRun run = bench("--workload=create,rename,small-write,rand-write", "--time=100ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals(0, server.objectCount());
  }

  @Test
  void connectionsCanShareASession() throws IOException {
    BenchRun run = bench("--connections=5", "--depth=4", "--shared-session", "--files=2");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertTrue(run.operation(0).get("operations").asLong() > 0);
  }

  @Test
  void inFlightIsTheDepthOfAllConnectionsTogether() throws IOException {
    server.fault().readDelayMillis = 5;
    BenchRun run = bench("--connections=12", "--in-flight=3", "--files=2");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertTrue(server.readsAtOnce() <= 3, server.readsAtOnce() + " at once");
    assertEquals(12, server.readers(), "connections that took turns");
    assertTrue(run.out().contains("12 connections × depth 1, 3 in flight"), run.toString());
  }

  @Test
  void inFlightIsWithinWhatDepthAllows() throws IOException {
    BenchRun run = bench("--connections=2", "--depth=4", "--in-flight=9");
    assertEquals(BenchExit.USAGE, run.exitCode(), run.toString());
    assertTrue(run.err().contains("--in-flight"), run.toString());
  }

  @Test
  void eachRoundHasNewFiles() throws IOException {
    BenchRun run = bench("--workload=append", "--rounds=2", "--files=3", "--time=100ms", "--keep");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    int directories = 1 + 2; // the run's own, and one for each round
    assertEquals(directories + 2 * 3, server.objectCount());
  }

  @Test
  void aDelayedSessionIsWaitedFor() throws IOException {
    server.fault().setupDelays.set(5);
    BenchRun run = bench("--connections=2");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertTrue(server.fault().setupDelays.get() <= 0);
  }

  @Test
  void aSessionIsNotWaitedForForEver() throws IOException {
    server.fault().setupDelays.set(Long.MAX_VALUE);
    BenchRun run = bench("--delay-limit=100ms");
    assertEquals(BenchExit.REFUSED, run.exitCode(), run.toString());
    assertTrue(run.err().contains("EXCHANGE_ID: the server answered NFS4ERR_DELAY"), run.err());
  }
}
