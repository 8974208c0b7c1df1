package io.atoll.perf.bench.workload;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A load on one server: prepared once, then run as often as wanted. */
public interface Workload {
  /** What its operations are called; a lane's kinds are indexes of it. */
  List<String> kinds();

  /** Makes what it needs on the server. */
  CompletableFuture<Void> prepare();

  /**
   * A new lane in slot number {@code lane} of client number {@code client}.
   *
   * @param round of the runs; what is random differs in each, or the second would find in a cache
   *     what the first has asked for
   */
  Lane lane(int round, int client, int lane);

  /**
   * Before each run: what the last one changed may have to be made good, and what grows begins
   * anew, so that all rounds do the same.
   */
  default CompletableFuture<Void> beforeRun(int round) {
    return CompletableFuture.completedFuture(null);
  }

  /** After each run: what it has left to do must not fall into the time of the next one. */
  default CompletableFuture<Void> afterRun() {
    return CompletableFuture.completedFuture(null);
  }

  /** After the last run, if data is to be verified: reads what was written. */
  default CompletableFuture<Void> verify() {
    return CompletableFuture.completedFuture(null);
  }

  /** Closes what is open; the directory is removed by the caller. */
  default CompletableFuture<Void> finish() {
    return CompletableFuture.completedFuture(null);
  }
}
