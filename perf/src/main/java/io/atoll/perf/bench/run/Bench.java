package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.ClientLoops;
import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.figures.Comparison;
import io.atoll.perf.bench.figures.RunResult;
import io.atoll.perf.bench.workload.LoadSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs loads one after the other, each on one server or on several in rounds that alternate: only
 * neighbours in time can be compared on a machine that does other things too. For one thread.
 */
public final class Bench {
  private final List<Server> servers;
  private final RunSettings settings;
  private final Progress progress;
  private final List<LoadResult> results = new ArrayList<>();
  private RuntimeException failure;

  /**
   * @param servers at least one; the others are compared with the first
   */
  public Bench(List<Server> servers, RunSettings settings, Progress progress) {
    this.servers = List.copyOf(servers);
    this.settings = settings;
    this.progress = progress;
  }

  /** Runs all loads until one can't be run to its end; what was measured stays. */
  public void run(List<LoadSettings> loads) {
    try (ClientLoops loops = ClientLoops.start(settings.loops(), settings.ring())) {
      for (LoadSettings load : loads) {
        new OneLoad(load).run(loops);
        if (failure != null) {
          return;
        }
      }
    }
  }

  /** What was measured, in the order of loads; the last one may be partial. */
  public List<LoadResult> results() {
    return results;
  }

  /** Why not all was run; null if it was. Mostly an {@link NfsFailure}. */
  public RuntimeException failure() {
    return failure;
  }

  /** One load on all servers. */
  private final class OneLoad {
    private final LoadSettings load;
    private final List<PreparedLoad> prepared = new ArrayList<>();
    private final List<List<RunResult>> rounds = new ArrayList<>();

    OneLoad(LoadSettings load) {
      this.load = load;
    }

    void run(ClientLoops loops) {
      try {
        for (Server server : servers) {
          rounds.add(new ArrayList<>());
          prepared.add(PreparedLoad.prepare(server, loops, settings, load, progress));
        }
        for (int round = 0; round < settings.rounds() && failure == null; round++) {
          runRound(round);
        }
        if (failure == null) {
          prepared.forEach(PreparedLoad::verify);
        }
      } catch (RuntimeException e) { // a defect, too: what was measured stays
        failure = e;
      }
      addResult();
      prepared.forEach(PreparedLoad::close);
    }

    /** Begins with another server each time, so that none is always the first. */
    private void runRound(int round) {
      for (int i = 0; i < servers.size() && failure == null; i++) {
        int server = (i + round) % servers.size();
        PreparedLoad each = prepared.get(server);
        RunResult result = each.run(round);
        rounds.get(server).add(result);
        failure = each.failure();
      }
    }

    private void addResult() {
      List<LoadResult.ServerResult> all = new ArrayList<>();
      for (int i = 0; i < servers.size(); i++) {
        boolean ready = i < prepared.size();
        all.add(
            LoadResult.ServerResult.of(
                servers.get(i),
                i < rounds.size() ? rounds.get(i) : List.of(),
                ready && load.verify() && servers.get(i).keepsData()
                    ? prepared.get(i).verification()
                    : null));
      }
      results.add(
          new LoadResult(load, all, comparisons(), failure == null ? null : failure.getMessage()));
    }

    private List<LoadResult.Versus> comparisons() {
      List<LoadResult.Versus> all = new ArrayList<>();
      for (int i = 1; i < rounds.size(); i++) {
        if (!rounds.getFirst().isEmpty() && !rounds.get(i).isEmpty()) {
          all.add(
              new LoadResult.Versus(
                  servers.get(i).name(), Comparison.of(rounds.getFirst(), rounds.get(i))));
        }
      }
      return all;
    }
  }
}
