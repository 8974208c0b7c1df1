package io.atoll.cli;

import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerReader;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.BurstingRates;
import io.atoll.modes.rate.ThroughputMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code atoll top}: what the file systems of a node may do and do, from another process, by
 * reading their ledgers.
 */
@Command(
    name = "top",
    description =
        "Shows throughput and burst credits of a running node's file systems, again and again,"
            + " until Ctrl-C.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown",
      "1:a defect of Atoll",
      "2:wrong option",
      "4:there is no file system with a ledger in the data directory"
    })
public final class TopCommand implements Callable<Integer> {
  /** Of a running node, an entry is half a second old at most. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String LEDGER = "credits";
  private static final String FOLDERS = "fs-";
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final long MIB = 1L << 20;
  private static final String ROW = "%-20s  %-11s  %12s  %12s  %12s  %7s  %10s  %12s%n";

  @Mixin private DataOption data;

  @Option(names = "--once", description = "Shows it once, over a second, and ends.")
  private boolean once;

  @Option(
      names = "--interval-seconds",
      paramLabel = "N",
      defaultValue = "2",
      converter = Interval.class,
      description = "How often, 1 to 60. Default: ${DEFAULT-VALUE}.")
  private int intervalSeconds;

  @Spec private CommandSpec spec;

  /** A file system's ledger, and what it said last. */
  private static final class Watched {
    private final String name;
    private final LedgerReader reader;
    private LedgerEntry before;
    private LedgerEntry now;

    Watched(String name, LedgerReader reader) {
      this.name = name;
      this.reader = reader;
    }

    void look() {
      before = now;
      now = reader.read();
    }

    /** In thirds of a byte a second, between the last two looks. */
    long usedThirds() {
      if (before == null || now == null) {
        return 0;
      }
      long nanos = now.time().monotonicNanos() - before.time().monotonicNanos();
      long thirds = now.admittedThirds() - before.admittedThirds();
      return nanos <= 0 || thirds <= 0 ? 0 : (long) ((double) thirds * 1e9 / nanos);
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<Watched> all = watched();
    if (all.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "atoll: "
                  + data.directory()
                  + " has no file system with a ledger: name the data directory of a node that has"
                  + " run (--data)");
      return ExitCode.DATA_DIRECTORY;
    }
    all.forEach(Watched::look);
    do {
      Thread.sleep(once ? Duration.ofSeconds(1) : Duration.ofSeconds(intervalSeconds));
      all.forEach(Watched::look);
      show(out, all);
    } while (!once);
    for (Watched each : all) {
      each.reader.close();
    }
    return ExitCode.OK;
  }

  private List<Watched> watched() throws IOException {
    List<Watched> found = new ArrayList<>();
    if (!Files.isDirectory(data.directory())) {
      return found;
    }
    List<Path> folders;
    try (Stream<Path> entries = Files.list(data.directory())) {
      folders =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(FOLDERS))
              .filter(entry -> Files.exists(entry.resolve(LEDGER)))
              .sorted()
              .toList();
    }
    for (Path folder : folders) {
      try {
        String name = folder.getFileName().toString();
        found.add(new Watched(name, LedgerReader.open(folder.resolve(LEDGER))));
      } catch (IOException unreadable) {
        spec.commandLine().getErr().println("atoll: " + unreadable.getMessage());
      }
    }
    return found;
  }

  @SuppressWarnings("SystemConsoleNull") // where there is no terminal it may be null all the same
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  private void show(PrintWriter out, List<Watched> all) {
    if (!once && isTerminal()) {
      out.print(CLEAR);
    }
    out.printf(
        ROW,
        "FILE SYSTEM",
        "MODE",
        "CREDITS",
        "PERMITTED",
        "USED",
        "WAITING",
        "RUNS OUT",
        "STORAGE");
    for (Watched each : all) {
      show(out, each);
    }
    out.flush();
  }

  private static void show(PrintWriter out, Watched each) {
    LedgerEntry now = each.now;
    if (now == null) {
      out.printf(ROW, each.name, "?", "", "", "", "", "", "");
      return;
    }
    long used = each.usedThirds();
    boolean stale = System.nanoTime() - now.time().monotonicNanos() > STALE_NANOS;
    out.printf(
        ROW,
        each.name,
        now.settings().mode().apiName(),
        size(now.credits().balanceBytes()),
        size(Metering.bytes(now.permittedThirdsPerSecond())) + "/s",
        stale ? "not running" : size(Metering.bytes(used)) + "/s",
        now.queuedRequests(),
        runsOut(now, used),
        size(now.meteredBytes()));
  }

  private static String runsOut(LedgerEntry now, long usedThirds) {
    BurstingRates bySize = BurstingRates.ofSize(now.meteredBytes());
    boolean bursting =
        now.settings().mode() == ThroughputMode.BURSTING
            || (now.settings().mode() == ThroughputMode.PROVISIONED
                && bySize.baselineThirdsPerSecond()
                    > Metering.thirds(now.settings().provisionedBytesPerSecond()));
    long seconds =
        bursting
            ? BurstingRates.secondsUntilExhausted(
                now.credits().thirds(), bySize.baselineThirdsPerSecond(), usedThirds)
            : Long.MAX_VALUE;
    return seconds == Long.MAX_VALUE ? "-" : seconds + " s";
  }

  private static String size(long bytes) {
    double mib = (double) bytes / MIB;
    return mib >= MIB
        ? String.format(Locale.ROOT, "%.3f TiB", mib / MIB)
        : mib >= 1024
            ? String.format(Locale.ROOT, "%.2f GiB", mib / 1024)
            : String.format(Locale.ROOT, "%.2f MiB", mib);
  }

  /** Reads how often to look. */
  static final class Interval implements ITypeConverter<Integer> {
    private static final int MAX_SECONDS = 60;

    @Override
    public Integer convert(String value) {
      return (int) ThroughputOptions.seconds(value, 1, MAX_SECONDS);
    }
  }
}
