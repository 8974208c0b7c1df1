package io.atoll.perf.tiers;

import io.atoll.io.ring.RingAvailability;
import io.atoll.io.runtime.IoMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code atoll bench tiers}: brings file systems up in each throughput mode, and shows that it
 * holds; and in each performance mode, and shows what it gives and where the work runs.
 */
@Command(
    name = "atoll bench tiers",
    description =
        "Starts a node and shows that each throughput mode holds under a client that writes as fast"
            + " as it may, changes of the mode live included; what takes days, by a simulated clock."
            + " And what General Purpose and Max I/O give, side by side.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:each mode was kept to 2 %",
      "1:a defect",
      "2:a wrong option",
      "4:a mode was not kept"
    })
public final class TiersCommand implements Callable<Integer> {
  private static final int NOT_KEPT = 4;
  private static final double MIB = 1 << 20;
  private static final int MIN_LOOPS = 2;
  private static final int MAX_LOOPS = 4;

  /** Which modes to show. */
  enum Modes {
    ALL,
    THROUGHPUT,
    PERFORMANCE
  }

  @Option(
      names = "--on",
      paramLabel = "DIR",
      description = "A directory on the disk to use; what is made there goes. Default: this one.")
  private Path on = Path.of("");

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How long to look at each mode. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--show",
      paramLabel = "all|throughput|performance",
      defaultValue = "all",
      description = "Which modes. Default: ${DEFAULT-VALUE}.")
  private Modes show;

  @Option(
      names = "--performance-seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long each load on a performance mode counts. Default: ${DEFAULT-VALUE}.")
  private int performanceSeconds;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description =
          "Event loops of the node with both performance modes, at least 2. Default: one for each"
              + " processor, 2 to 4.")
  private int loops;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page with charts of the throughput modes there.")
  private Path html;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new TiersCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory(on.toAbsolutePath(), "atoll-tiers");
    IoMode io = RingAvailability.obstacle().isEmpty() ? IoMode.URING : IoMode.NIO;
    PrintWriter progress = spec.commandLine().getErr();
    List<Tier> tiers = new ArrayList<>();
    List<PerformanceTier> performance = new ArrayList<>();
    try {
      if (show != Modes.PERFORMANCE) {
        tiers.addAll(new RealTiers(folder.resolve("throughput"), io, seconds, progress).run());
        tiers.add(new SimulatedDays().run());
      }
      if (show != Modes.THROUGHPUT) {
        performance.addAll(
            new PerformanceTiers(
                    folder.resolve("performance"), io, loopCount(), performanceSeconds, progress)
                .run());
      }
    } finally {
      deleteTree(folder);
    }
    for (Tier each : tiers) {
      out.printf(
          "%-50.50s  %8s MiB/s  expected %8s  %s%n",
          each.name(),
          mib(each.measuredBytesPerSecond()),
          each.expectedBytesPerSecond() == 0 ? "-" : mib(each.expectedBytesPerSecond()),
          each.holds() ? "holds" : "NOT KEPT");
    }
    print(performance, out);
    out.flush();
    if (html != null) {
      Files.writeString(html, TiersPage.of(tiers));
    }
    return tiers.stream().allMatch(Tier::holds) ? 0 : NOT_KEPT;
  }

  private int loopCount() {
    if (loops == 0) {
      return Math.clamp(Runtime.getRuntime().availableProcessors(), MIN_LOOPS, MAX_LOOPS);
    }
    if (loops < MIN_LOOPS) {
      throw new ParameterException(
          spec.commandLine(), "--loops " + loops + ": Max I/O wants " + MIN_LOOPS + " at least");
    }
    return loops;
  }

  private static void print(List<PerformanceTier> tiers, PrintWriter out) {
    if (tiers.isEmpty()) {
      return;
    }
    out.printf(
        "%n%-24s %7s  %-15s %10s %9s %9s %9s %8s  %s%n",
        "load",
        "clients",
        "mode",
        "ops/s",
        "MiB/s",
        "p50 us",
        "p99 us",
        "cpu us",
        "by loop: requests, disk reads, disk writes, seconds busy");
    for (PerformanceTier tier : tiers) {
      List<String> loops = new ArrayList<>();
      for (PerformanceTier.Loop loop : tier.loops()) {
        loops.add(
            String.format(
                Locale.ROOT,
                "%d, %d, %d, %.1f",
                loop.requests(),
                loop.dataReads(),
                loop.dataWrites(),
                loop.busySeconds()));
      }
      out.printf(
          Locale.ROOT,
          "%-24s %7d  %-15s %10.0f %9.1f %9.0f %9.0f %8.1f  %s%n",
          tier.load(),
          tier.clients(),
          tier.mode(),
          tier.outcome().perSecond(),
          tier.outcome().mibPerSecond(),
          tier.outcome().p50Micros(),
          tier.outcome().p99Micros(),
          tier.cpuMicrosPerRequest(),
          String.join("; ", loops));
    }
  }

  private static String mib(double bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / MIB);
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
