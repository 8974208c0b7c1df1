package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atoll.Appliance;
import io.atoll.ApplianceSettings;
import io.atoll.ClientRules;
import io.atoll.ThroughputChoice;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.perf.bench.workload.WorkloadName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Each workload for a moment against Atoll, with everything verified. */
@EitherIo
@TestInstance(Lifecycle.PER_CLASS)
class AtollSmokeTest {
  private static final int LEASE_SECONDS = 30;
  private static final long CACHE_BYTES = 32 << 20;

  /** On a disk: memory is refused. */
  @TempDir private static Path folder;

  private Appliance atoll;
  private String url;

  @BeforeAll
  void start() {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    atoll =
        Appliance.start(
            new ApplianceSettings(
                folder.resolve("data"),
                anyPort,
                null,
                IoUnderTest.mode(),
                LEASE_SECONDS,
                CACHE_BYTES,
                0,
                ThroughputChoice.DEFAULT,
                ClientRules.DEFAULT));
    url = "nfs://127.0.0.1:" + atoll.facts().nfsAddress().getPort() + "/";
  }

  @AfterAll
  void stop() {
    atoll.stop();
  }

  @Test
  void allWorkloadsRunAndAllDataIsRight() throws IOException {
    BenchRun run =
        BenchRun.of(
            folder,
            url,
            "--workload=all",
            "--verify",
            "--connections=2",
            "--depth=2",
            "--files=6",
            "--file-size=64k",
            "--block-size=4k",
            "--directories=2",
            "--directory-size=15",
            "--time=300ms",
            "--ramp-up=0ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertEquals(WorkloadName.values().length, run.json().get("loads").size());
    for (JsonNode load : run.json().get("loads")) {
      JsonNode round = load.get("servers").get(0).get("rounds").get(0);
      assertTrue(round.get("refusals").isEmpty(), load.toString());
      assertTrue(round.get("operations").size() > 0, load.toString());
    }
  }

  @Test
  void openLoopAndManyConnectionsRun() throws IOException {
    BenchRun run =
        BenchRun.of(
            folder,
            url,
            "--workload=rand-read",
            "--connections=100",
            "--rate=500",
            "--files=4",
            "--file-size=1m",
            "--time=300ms",
            "--ramp-up=0ms");
    assertEquals(BenchExit.OK, run.exitCode(), run.toString());
    assertTrue(run.operation(0).get("operations").asLong() > 0, run.toString());
  }
}
