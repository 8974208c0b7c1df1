package io.atoll.perf.bench.cli;

import io.atoll.io.ring.RingAvailability;
import io.atoll.perf.bench.client.ClientSettings;
import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.peer.PeerUnavailableException;
import io.atoll.perf.bench.peer.Peers;
import io.atoll.perf.bench.peer.ServerChoice;
import io.atoll.perf.bench.report.Report;
import io.atoll.perf.bench.report.ReportFiles;
import io.atoll.perf.bench.report.TextReport;
import io.atoll.perf.bench.run.Bench;
import io.atoll.perf.bench.run.LoadResult;
import io.atoll.perf.bench.run.RunSettings;
import io.atoll.perf.bench.run.StoppedException;
import io.atoll.perf.bench.workload.LoadSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code atoll bench}: puts load on NFS servers, and says what they made of it. */
@Command(
    name = "atoll bench",
    description = "Puts load on NFSv4.1 servers, and measures.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all was run, and nothing refused",
      "1:a defect of the harness",
      "2:a wrong option, URL or scenario",
      "3:no connection to a server",
      "4:a server speaks another version, refused something or answered what can't be",
      "5:a server hung or closed a connection; what was measured is kept, marked partial",
      "6:data was not what had been written",
      "7:stopped by the user; what was measured is kept, marked partial",
      "8:a server can't be started here, as something is missing"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int ROUNDS_ALONE = 1;
  private static final int ROUNDS_COMPARED = 5;

  @Mixin private ServerOptions servers;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of each load on each server. Default: 1; 5 with --vs.")
  private int rounds;

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description =
          "Loads, one after the other, in YAML or JSON: url, vs, rounds, defaults, loads; keys of"
              + " loads are the options below. The command line wins.")
  private Path scenario;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures there.")
  private Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a report with charts there, in one file that needs no network.")
  private Path html;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description =
          "Event loops of the client. Default: half of the processors, but no more than"
              + " connections.")
  private int loops;

  @Option(
      names = "--io",
      paramLabel = "auto|ring|nio",
      defaultValue = "auto",
      description = "How the client drives sockets. Default: io_uring if it is to be had.")
  private String io;

  @Option(
      names = "--uid",
      paramLabel = "N",
      defaultValue = "0",
      description = "User that the server sees. Default: ${DEFAULT-VALUE}.")
  private int userId;

  @Option(
      names = "--gid",
      paramLabel = "N",
      defaultValue = "0",
      description = "Group that the server sees. Default: ${DEFAULT-VALUE}.")
  private int groupId;

  @Option(
      names = "--hang-after",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = Amount.Nanos.class,
      description = "Without any answer for so long, a server hangs. Default: ${DEFAULT-VALUE}.")
  private long hangNanos;

  @Option(
      names = "--delay-limit",
      paramLabel = "TIME",
      defaultValue = "120s",
      converter = Amount.Nanos.class,
      description =
          "How long a request is repeated that the server delays, as in its grace period. Default:"
              + " ${DEFAULT-VALUE}.")
  private long delayLimitNanos;

  @Option(names = "--keep", description = "Leaves what was made on the servers.")
  private boolean keep;

  @Mixin private LoadOptions load;

  @Spec private CommandSpec spec;

  private ProgressLines progress;

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs the command and gives its exit code. */
  static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    return new CommandLine(new BenchCommand())
        .setUsageHelpLongOptionsMaxWidth(28)
        .setParameterExceptionHandler((wrong, arguments) -> {
          wrong.getCommandLine().getErr().println("atoll bench: " + wrong.getMessage());
          return BenchExit.USAGE;
        })
        .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
  }

  private static int explain(Exception failure, CommandLine command) {
    if (failure instanceof NfsFailure expected) {
      command.getErr().println("atoll bench: " + expected.getMessage());
      return BenchExit.of(expected.kind());
    }
    if (failure instanceof PeerUnavailableException missing) {
      command.getErr().println("atoll bench: " + missing.getMessage());
      return BenchExit.UNAVAILABLE;
    }
    if (failure instanceof StoppedException) {
      command.getErr().println("atoll bench: " + failure.getMessage());
      return BenchExit.STOPPED;
    }
    return defect(failure, command.getErr());
  }

  private static int defect(Exception failure, PrintWriter err) {
    err.println("atoll bench: this is a defect of Atoll, please report it:");
    failure.printStackTrace(err);
    return BenchExit.DEFECT;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    progress = new ProgressLines(err, isTerminal());
    List<LoadSettings> loads = readScenarioAndLoads();
    List<ServerChoice> choices = choices();
    RunSettings settings = settings(loads, choices.size());
    ReportFiles files = new ReportFiles(json, html);
    requireWritable(files);
    Peers peers = new Peers(servers.disk(), progress::note);
    try (StopByUser stop = new StopByUser(peers::killAtOnce);
        peers) {
      progress.step("starting servers");
      Bench bench = new Bench(servers.servers(choices, peers), settings, progress);
      bench.run(loads);
      progress.clear();
      Thread.interrupted(); // if the user stopped the run: what is left to do must not fail for it
      Report report = Report.of(bench.results(), bench.failure());
      new TextReport(spec.commandLine().getOut()).print(report);
      files.write(report);
      return stop.exitsWith(outcome(bench, err));
    }
  }

  private void requireWritable(ReportFiles files) {
    try {
      files.requireWritable();
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // where there is no terminal it may be null all the same
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  private int outcome(Bench bench, PrintWriter err) {
    RuntimeException failure = bench.failure();
    if (failure != null) {
      err.println("atoll bench: " + failure.getMessage());
    }
    if (!bench.results().stream().allMatch(LoadResult::isDataRight)) {
      err.println("atoll bench: data was not what had been written");
      return BenchExit.WRONG_DATA;
    }
    if (failure != null) {
      return switch (failure) {
        case NfsFailure expected -> BenchExit.of(expected.kind());
        case StoppedException stopped -> BenchExit.STOPPED;
        default -> defect(failure, err);
      };
    }
    if (!bench.results().stream().allMatch(LoadResult::isAllAccepted)) {
      err.println("atoll bench: the server refused operations, see above");
      return BenchExit.REFUSED;
    }
    return BenchExit.OK;
  }

  private List<LoadSettings> readScenarioAndLoads() {
    try {
      if (scenario == null) {
        return load.settings();
      }
      ScenarioFile file = ScenarioFile.read(scenario, loadOptionsGiven());
      servers.orElse(file.url(), file.vs());
      rounds = rounds == 0 ? file.rounds() : rounds;
      return file.loads();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  /** The options of loads on the command line, in the form that a parser takes again. */
  private List<String> loadOptionsGiven() {
    CommandSpec known = CommandSpec.forAnnotatedObject(new LoadOptions());
    List<String> given = new ArrayList<>();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (known.optionsMap().containsKey(option.longestName())) {
        given.add(option.longestName() + "=" + String.join(",", option.stringValues()));
      }
    }
    return given;
  }

  private List<ServerChoice> choices() {
    try {
      return servers.choices();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private RunSettings settings(List<LoadSettings> loads, int servers) {
    int connections = loads.stream().mapToInt(LoadSettings::connections).max().orElse(1);
    int processors = Runtime.getRuntime().availableProcessors();
    if (loops < 0 || loops > processors * 4) {
      throw wrong("--loops " + loops + " is not between 1 and " + processors * 4);
    }
    if (rounds < 0) {
      throw wrong("--rounds " + rounds + " is no number of rounds");
    }
    int loopCount = loops > 0 ? loops : Math.clamp(processors / 2, 1, connections);
    int roundCount = rounds > 0 ? rounds : servers > 1 ? ROUNDS_COMPARED : ROUNDS_ALONE;
    return new RunSettings(
        loopCount,
        onRing(),
        hangNanos,
        new ClientSettings(userId, groupId, delayLimitNanos),
        roundCount,
        keep);
  }

  private boolean onRing() {
    Optional<String> obstacle = RingAvailability.obstacle();
    return switch (io) {
      case "nio" -> false;
      case "ring" -> {
        if (obstacle.isPresent()) {
          throw wrong("--io ring: " + obstacle.get());
        }
        yield true;
      }
      case "auto" -> {
        obstacle.ifPresent(why -> progress.note("on NIO, as io_uring is not to be had: " + why));
        yield obstacle.isEmpty();
      }
      default -> throw wrong("--io '" + io + "' is none of auto, ring, nio");
    };
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
