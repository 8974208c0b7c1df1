package io.atoll.perf.bench.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one run of a load on one server came to.
 *
 * @param seconds that were measured
 * @param partial why the run ended before its time; null if it did not
 * @param operations of each kind that there was
 * @param refusals what the server refused, and how often
 * @param delays how often the server asked to come again later
 * @param unanswered requests that had no answer at the end; their times so far count as latencies
 * @param neverStarted operations of an open loop that were due and found no free lane
 * @param client what the client's process used, whatever else it did
 * @param server what the server's process used; null if it is not known
 * @param openLoop whether operations were due at times of their own
 */
public record RunResult(
    double seconds,
    String partial,
    double perSecond,
    double mibPerSecond,
    List<OperationResult> operations,
    TimelineResult timeline,
    Map<String, Long> refusals,
    long delays,
    long unanswered,
    long neverStarted,
    UsageResult client,
    UsageResult server,
    boolean openLoop) {

  /**
   * @param kinds names of the kinds in {@code figures}
   * @param server null if it is not of this machine
   */
  public static RunResult of(
      List<String> kinds,
      LoopFigures figures,
      Window window,
      boolean openLoop,
      String partial,
      long delays,
      UsageMeter client,
      UsageMeter server) {
    double seconds = window.measuredNanos() / 1e9;
    List<OperationResult> operations = new ArrayList<>();
    long count = 0;
    double perSecond = 0;
    double mibPerSecond = 0;
    for (int i = 0; i < kinds.size(); i++) {
      OperationResult result = OperationResult.of(kinds.get(i), figures.kind(i), seconds, openLoop);
      if (result.operations() > 0 || result.measured().count() > 0) {
        operations.add(result);
        count += result.operations();
        perSecond += result.perSecond();
        mibPerSecond += result.mibPerSecond();
      }
    }
    return new RunResult(
        seconds,
        partial,
        perSecond,
        mibPerSecond,
        operations,
        TimelineResult.of(figures.timeline(), seconds),
        figures.refusals(),
        delays,
        figures.unanswered(),
        figures.neverStarted(),
        UsageResult.of(client, seconds, count),
        server == null ? null : UsageResult.of(server, seconds, count),
        openLoop);
  }
}
