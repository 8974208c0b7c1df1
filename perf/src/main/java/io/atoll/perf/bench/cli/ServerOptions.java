package io.atoll.perf.bench.cli;

import io.atoll.perf.bench.peer.Peers;
import io.atoll.perf.bench.peer.ServerChoice;
import io.atoll.perf.bench.run.Server;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which servers are put under load, and where those are kept that are started for it. */
final class ServerOptions {
  private static final String DEFAULT_SERVER = "atoll";

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description =
          "The server, and a directory on it: nfs://HOST[:PORT]/PATH. Or one that is started for"
              + " the run and ended with it: atoll, perhaps with options of its"
              + " own (atoll:cache-bytes=256m:loops=1); ganesha (Debian's nfs-ganesha as it comes);"
              + " ganesha-sync (the same on a file system mounted sync,dirsync); discard (keeps"
              + " nothing: what network and client can do at most). Default: "
              + DEFAULT_SERVER
              + ".")
  private String server;

  @Option(
      names = "--vs",
      paramLabel = "SERVER",
      split = ",",
      description =
          "Further servers, measured in rounds that alternate with the first's, and compared with"
              + " it.")
  private List<String> others = List.of();

  @Option(
      names = "--on",
      paramLabel = "DIR",
      description =
          "A directory on the disk where servers that are started keep their data, in a folder that"
              + " goes with them. Default: the current one.")
  private Path disk = Path.of("");

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description = "The server's process, for its CPU and memory. Default: found on loopback.")
  private Long serverPid;

  @Option(
      names = "--vs-pid",
      paramLabel = "PID",
      description = "The same of the first of the further servers.")
  private Long vsPid;

  @Option(
      names = "--server-metrics",
      paramLabel = "URL",
      converter = MetricsUrl.class,
      description =
          "Where the first server tells its metrics, if that is Atoll: http://HOST:PORT/metrics. One"
              + " that is started for the run is asked without being told.")
  private URI serverMetrics;

  @Option(
      names = "--vs-metrics",
      paramLabel = "URL",
      converter = MetricsUrl.class,
      description = "The same of the first of the further servers.")
  private URI vsMetrics;

  /** Takes from a scenario what the command line does not say. */
  void orElse(String scenarioServer, List<String> scenarioOthers) {
    server = server == null ? scenarioServer : server;
    others = others.isEmpty() ? scenarioOthers : others;
  }

  /**
   * The servers, the first one first.
   *
   * @throws IllegalArgumentException if one of them can't be; the message says why
   */
  List<ServerChoice> choices() {
    List<ServerChoice> choices = new ArrayList<>();
    choices.add(ServerChoice.parse(server == null ? DEFAULT_SERVER : server));
    others.forEach(each -> choices.add(ServerChoice.parse(each)));
    return choices;
  }

  /** Where those that are started keep their data. */
  Path disk() {
    return disk;
  }

  /** Starts what is to be started, and finds the others. */
  List<Server> servers(List<ServerChoice> choices, Peers peers) {
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      ServerChoice choice = choices.get(i);
      Long known = i == 0 ? serverPid : i == 1 ? vsPid : null;
      servers.add(
          choice.kind() != null
              ? peers.start(choice)
              : Server.of(
                  choice.url(),
                  known == null ? OptionalLong.empty() : OptionalLong.of(known),
                  i == 0 ? serverMetrics : i == 1 ? vsMetrics : null));
    }
    return servers;
  }
}
