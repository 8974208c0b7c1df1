package io.atoll.perf.bench.report;

import io.atoll.perf.bench.figures.Comparison;
import io.atoll.perf.bench.figures.CounterResult;
import io.atoll.perf.bench.figures.DiskResult;
import io.atoll.perf.bench.figures.LatencyResult;
import io.atoll.perf.bench.figures.OperationResult;
import io.atoll.perf.bench.figures.RunResult;
import io.atoll.perf.bench.figures.UsageResult;
import io.atoll.perf.bench.run.LoadResult;
import io.atoll.perf.bench.run.LoadResult.ServerResult;
import io.atoll.perf.bench.run.LoadResult.Verified;
import io.atoll.perf.bench.workload.LoadSettings;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints a report for people. */
public final class TextReport {
  private static final double MIB = 1 << 20;
  private static final double PERCENT = 100;

  private final PrintWriter out;

  public TextReport(PrintWriter out) {
    this.out = out;
  }

  public void print(Report report) {
    for (LoadResult load : report.loads()) {
      print(load);
    }
    if (report.partial() != null) {
      line("PARTIAL: %s", report.partial());
    }
    out.flush();
  }

  private void print(LoadResult result) {
    line("%s", describe(result.load()));
    for (ServerResult server : result.servers()) {
      line("  %s", describe(server));
      if (server.acknowledges() != null) {
        line("    acknowledges %s", server.acknowledges());
      }
      if (!server.rounds().isEmpty()) {
        line(
            "    %-20s %12s %10s %9s %9s %9s %9s %9s",
            "", "op/s", "MiB/s", "p50 µs", "p99 µs", "p99.9 µs", "max µs", "p99 µs*");
      }
      for (int i = 0; i < server.rounds().size(); i++) {
        print(i + 1, server.rounds().get(i));
      }
      if (server.verified() != null && server.verified().checkedBytes() > 0) {
        print(server.verified());
      }
    }
    for (LoadResult.Versus other : result.comparisons()) {
      line("  %s / %s", result.servers().getFirst().name(), other.name());
      for (Comparison comparison : other.figures()) {
        line(
            "    %-28s %6.2f  [%.2f to %.2f]  %s",
            comparison.figure(),
            comparison.median(),
            comparison.low(),
            comparison.high(),
            comparison.verdict());
      }
    }
    line("");
  }

  private static String describe(ServerResult server) {
    String process = server.pid() == null ? "" : "process " + server.pid();
    String url = server.name().equals(server.url()) ? "" : server.url();
    String more = url + (url.isEmpty() || process.isEmpty() ? "" : ", ") + process;
    return server.name() + (more.isEmpty() ? "" : " (" + more + ")");
  }

  /** A load in one line, with what matters of it. */
  static String describe(LoadSettings load) {
    StringBuilder text = new StringBuilder(load.workload().text());
    text.append(": ").append(load.connections()).append(" connections × depth ");
    text.append(load.depth());
    if (load.inFlight() < load.connections() * load.depth()) {
      text.append(", ").append(load.inFlight()).append(" in flight");
    }
    switch (load.workload()) {
      case SEQ_READ, SEQ_WRITE, RAND_READ, RAND_WRITE, MIXED ->
          text.append(
              String.format(
                  Locale.ROOT,
                  ", blocks of %d bytes in %d files of %.1f MiB",
                  load.blockBytes(),
                  load.files(),
                  load.fileBytes() / MIB));
      case APPEND -> text.append(", ").append(load.blockBytes()).append(" bytes each");
      case SMALL_READ, SMALL_WRITE -> text.append(", shape ").append(load.shape().text());
      case PING -> {}
      default ->
          text.append(
              String.format(
                  Locale.ROOT,
                  ", %d directories of %d entries",
                  load.directories(),
                  load.directoryEntries()));
    }
    if (load.ratePerSecond() > 0) {
      text.append(String.format(Locale.ROOT, ", %.0f due each second", load.ratePerSecond()));
    }
    return text.append(load.verify() ? ", verified" : "").toString();
  }

  private void print(int round, RunResult run) {
    for (OperationResult operation : run.operations()) {
      LatencyResult measured = operation.measured();
      line(
          "    %2d %-17s %12.0f %10.1f %9.0f %9.0f %9.0f %9.0f %9.0f%s",
          round,
          operation.name(),
          operation.perSecond(),
          operation.mibPerSecond(),
          measured.p50(),
          measured.p99(),
          measured.p999(),
          measured.max(),
          operation.corrected().p99(),
          operation.items() == 0
              ? ""
              : String.format(Locale.ROOT, "  %.0f entries/s", operation.items() / run.seconds()));
    }
    line("       CPU: client %s, server %s", usage(run.client()), usage(run.server()));
    if (run.server() != null && run.server().writtenBytesPerOperation() != null) {
      line("       an operation: server %s%s", disk(run.server()), disk(run.disk()));
    }
    if (run.counters() != null) {
      print(run.counters());
    }
    if (run.lost() > 0) {
      line("       LOST by the server and sent again: %d unstable writes", run.lost());
    }
    run.refusals().forEach((what, count) -> line("       refused %d times: %s", count, what));
    if (run.delays() > 0) {
      line("       the server said 'later' %d times", run.delays());
    }
    if (run.unanswered() > 0) {
      line("       without an answer at the end: %d", run.unanswered());
    }
    if (run.neverStarted() > 0) {
      line("       due and never begun: %d", run.neverStarted());
    }
    if (run.partial() != null) {
      line("       PARTIAL after %.1f s: %s", run.seconds(), run.partial());
    }
  }

  private void print(CounterResult counters) {
    line(
        "       a request: %.3f log writes with a flush, %.4f index batches, content %.3f reads and"
            + " %.3f writes of the disk%s%s%s",
        counters.logGroups(),
        counters.indexBatches(),
        counters.diskReads(),
        counters.diskWrites(),
        some("; %.1f %% of the blocks cached", counters.cacheHitShare(), PERCENT),
        some("; an operation: event loops %.1f µs", counters.loopMicrosPerOperation(), 1),
        some(", %.0f bytes of heap", counters.heapBytesPerOperation(), 1));
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is of another library
  private static String some(String format, Double value, double times) {
    return value == null ? "" : String.format(Locale.ROOT, format, value * times);
  }

  private static String usage(UsageResult usage) {
    return usage == null
        ? "unknown"
        : String.format(
            Locale.ROOT,
            "%.0f %% (%.1f µs an operation, %.0f MiB)",
            usage.cpuPercent(),
            usage.cpuMicrosPerOperation(),
            usage.residentMaxBytes() / MIB);
  }

  private static String disk(UsageResult usage) {
    return String.format(
        Locale.ROOT,
        "reads %.0f bytes and writes %.0f",
        usage.readBytesPerOperation(),
        usage.writtenBytesPerOperation());
  }

  private static String disk(DiskResult disk) {
    return disk == null
        ? ""
        : String.format(
            Locale.ROOT,
            "; its disk %.2f reads, %.2f writes, %.2f flushes",
            disk.readsPerOperation(),
            disk.writesPerOperation(),
            disk.flushesPerOperation());
  }

  private void print(Verified verified) {
    line(
        "    verified %.1f MiB: %s",
        verified.checkedBytes() / MIB,
        verified.wrongBlocks() == 0 ? "all right" : verified.wrongBlocks() + " blocks WRONG");
    verified.examples().forEach(example -> line("      %s", example));
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is of another library
  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
