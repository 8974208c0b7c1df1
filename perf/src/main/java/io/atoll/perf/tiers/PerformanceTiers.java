package io.atoll.perf.tiers;

import io.atoll.Appliance;
import io.atoll.ApplianceSettings;
import io.atoll.ClientRules;
import io.atoll.ControlSettings;
import io.atoll.ThroughputChoice;
import io.atoll.io.runtime.IoMode;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.perf.bench.cli.ModeLoad;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Both performance modes on one node: a file system of each, asked for the same in turns, by few
 * and by many clients; and what the node's counters say of which loop did it. Both are provisioned
 * at the highest rate, as Max I/O has no elastic throughput.
 */
final class PerformanceTiers {
  private static final long MIB = 1L << 20;
  private static final int LEASE_SECONDS = 15;
  private static final long CACHE_BYTES_PER_LOOP = 256 * MIB;
  private static final int REMETER_SECONDS = 3600;

  /** The counters of loops are put down once a second. */
  private static final long READINGS_SETTLE_MILLIS = 1_500;

  private static final int[] CLIENTS = {1, 16, 256};
  private static final Pattern NAME = Pattern.compile("fs-[0-9a-f]{17}");
  private static final double MICROS_PER_SECOND = 1e6;

  /** What is asked for. */
  private record Load(String label, String workload, String blockSize) {}

  private static final List<Load> LOADS =
      List.of(
          new Load("READ 256 KiB", "seq-read", "256k"),
          new Load("WRITE 256 KiB", "seq-write", "256k"),
          new Load("READ 4 KiB at random", "rand-read", "4k"),
          new Load("WRITE 4 KiB FILE_SYNC", "rand-write", "4k"));

  /** Files that fit into one loop's cache, with two blocks or more for each client. */
  private static final List<String> FILES = List.of("--file-size=16m", "--files=8");

  /** A file system of one of the modes. */
  private record Side(String mode, String name, int port) {}

  private final Path data;
  private final IoMode io;
  private final int loops;
  private final double seconds;
  private final PrintWriter progress;

  /**
   * @param loops of the node, at least 2
   * @param seconds that each load is measured for
   */
  PerformanceTiers(Path data, IoMode io, int loops, double seconds, PrintWriter progress) {
    this.data = data;
    this.io = io;
    this.loops = loops;
    this.seconds = seconds;
    this.progress = progress;
  }

  List<PerformanceTier> run() throws IOException, InterruptedException {
    Appliance node = start();
    try {
      List<Side> sides = sides(node);
      List<PerformanceTier> all = new ArrayList<>();
      for (Load load : LOADS) {
        for (int clients : CLIENTS) {
          for (Side side : sides) {
            all.add(measure(node, side, load, clients));
          }
        }
      }
      return all;
    } finally {
      node.stop();
    }
  }

  private Appliance start() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ThroughputSettings highest =
        ThroughputSettings.provisioned(ThroughputLimits.DEFAULT_CEILING_BYTES_PER_SECOND);
    return Appliance.start(
        new ApplianceSettings(
            data,
            any,
            any,
            io,
            LEASE_SECONDS,
            loops * CACHE_BYTES_PER_LOOP,
            0,
            new ThroughputChoice(
                PerformanceMode.GENERAL_PURPOSE,
                highest,
                highest,
                ThroughputLimits.DEFAULT,
                REMETER_SECONDS),
            ClientRules.DEFAULT,
            loops,
            ControlSettings.DEFAULT));
  }

  private List<Side> sides(Appliance node) throws IOException, InterruptedException {
    int port = freePort();
    String said =
        NodeCommands.fs(
            data,
            "create",
            "--performance-mode=" + PerformanceMode.MAX_IO.apiName(),
            "--throughput-mode=provisioned",
            "--provisioned-mibps=" + ThroughputLimits.DEFAULT_CEILING_BYTES_PER_SECOND / MIB,
            "--nfs=127.0.0.1:" + port);
    return List.of(
        new Side(
            PerformanceMode.GENERAL_PURPOSE.apiName(),
            node.facts().fileSystemId().toString(),
            node.facts().nfsAddress().getPort()),
        new Side(PerformanceMode.MAX_IO.apiName(), nameIn(said), port));
  }

  /** One that nobody listens on now. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String nameIn(String text) throws IOException {
    Matcher found = NAME.matcher(text);
    if (!found.find()) {
      throw new IOException("atoll fs create said: " + text);
    }
    return found.group();
  }

  private PerformanceTier measure(Appliance node, Side side, Load load, int clients)
      throws IOException, InterruptedException {
    progress.println("tiers: " + side.mode() + ", " + clients + " clients, " + load.label);
    progress.flush();
    List<String> options = new ArrayList<>(FILES);
    options.add("--workload=" + load.workload);
    options.add("--block-size=" + load.blockSize);
    options.add("--connections=" + clients);
    options.add("--time=" + Math.round(seconds * 1000) + "ms");
    options.add("--hang-after=120s");
    InetSocketAddress api = node.facts().apiAddress();
    LoopReadings before = LoopReadings.of(api);
    ModeLoad.Outcome outcome = ModeLoad.run(side.port(), options);
    Thread.sleep(READINGS_SETTLE_MILLIS);
    LoopReadings after = LoopReadings.of(api);
    List<PerformanceTier.Loop> shares = new ArrayList<>();
    double busySeconds = 0;
    double requests = 0;
    for (int loop = 0; loop < loops; loop++) {
      double busy = after.since(before, "atoll_loop_busy_seconds_total", null, loop);
      double received = after.since(before, "atoll_loop_requests_total", side.name(), loop);
      busySeconds += busy;
      requests += received;
      shares.add(
          new PerformanceTier.Loop(
              Math.round(received),
              Math.round(after.since(before, "atoll_loop_data_reads_total", side.name(), loop)),
              Math.round(after.since(before, "atoll_loop_data_writes_total", side.name(), loop)),
              busy));
    }
    // Counters are of all that the load did, what it prepared and removed included.
    double cpuMicros = requests == 0 ? 0 : busySeconds * MICROS_PER_SECOND / requests;
    return new PerformanceTier(side.mode(), load.label, clients, outcome, cpuMicros, shares);
  }
}
