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
import picocli.CommandLine.Spec;

/**
 * {@code atoll bench tiers}: brings file systems up in each throughput mode, and shows that it
 * holds.
 */
@Command(
    name = "atoll bench tiers",
    description =
        "Starts a node and shows that each throughput mode holds under a client that writes as fast"
            + " as it may, changes of the mode live included; what takes days, by a simulated clock.",
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

  @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with charts there.")
  private Path html;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new TiersCommand());
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory(on.toAbsolutePath(), "atoll-tiers");
    List<Tier> tiers = new ArrayList<>();
    try {
      IoMode io = RingAvailability.obstacle().isEmpty() ? IoMode.URING : IoMode.NIO;
      tiers.addAll(
          new RealTiers(folder.resolve("data"), io, seconds, spec.commandLine().getErr()).run());
    } finally {
      deleteTree(folder);
    }
    tiers.add(new SimulatedDays().run());
    for (Tier each : tiers) {
      out.printf(
          "%-50.50s  %8s MiB/s  expected %8s  %s%n",
          each.name(),
          mib(each.measuredBytesPerSecond()),
          each.expectedBytesPerSecond() == 0 ? "-" : mib(each.expectedBytesPerSecond()),
          each.holds() ? "holds" : "NOT KEPT");
    }
    out.flush();
    if (html != null) {
      Files.writeString(html, TiersPage.of(tiers));
    }
    return tiers.stream().allMatch(Tier::holds) ? 0 : NOT_KEPT;
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
