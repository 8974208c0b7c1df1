package io.atoll.perf.bench.run;

import io.atoll.perf.bench.figures.Comparison;
import io.atoll.perf.bench.figures.RunResult;
import io.atoll.perf.bench.workload.LoadSettings;
import io.atoll.perf.bench.workload.Verification;
import java.util.List;

/**
 * What a load came to on all servers.
 *
 * @param comparisons of the first server with each of the others
 * @param partial why not all of it was run; null if it was
 */
public record LoadResult(
    LoadSettings load, List<ServerResult> servers, List<Versus> comparisons, String partial) {

  /** The first server beside the one of that name. */
  public record Versus(String name, List<Comparison> figures) {}

  /**
   * @param pid of its process; null if it is not of this machine
   * @param acknowledges what its replies promise; null if that is not known
   * @param verified null if nothing was checked
   */
  public record ServerResult(
      String name,
      String url,
      Long pid,
      String acknowledges,
      List<RunResult> rounds,
      Verified verified) {

    static ServerResult of(Server server, List<RunResult> rounds, Verification verification) {
      return new ServerResult(
          server.name(),
          server.url().toString(),
          server.pid().isPresent() ? server.pid().getAsLong() : null,
          server.acknowledges(),
          List.copyOf(rounds),
          verification == null
              ? null
              : new Verified(
                  verification.checkedBytes(),
                  verification.wrongBlocks(),
                  verification.examples()));
    }
  }

  /** What checking the data came to. */
  public record Verified(long checkedBytes, long wrongBlocks, List<String> examples) {}

  /** Whether all that was checked was right. */
  public boolean isDataRight() {
    return servers.stream()
        .allMatch(server -> server.verified() == null || server.verified().wrongBlocks() == 0);
  }

  /** Whether the server refused nothing. */
  public boolean isAllAccepted() {
    return servers.stream()
        .flatMap(server -> server.rounds().stream())
        .allMatch(round -> round.refusals().isEmpty());
  }
}
