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
 * @param lost writes that the server had taken as unstable and lost; they were sent again, and
 *     count once
 * @param client what the client's process used, whatever else it did
 * @param server what the server's process used; null if it is not known
 * @param disk what the disk did that the server keeps its data on, whoever asked for it; null if it
 *     is not known
 * @param counters what the server says of itself; null if it is not Atoll, or does not say
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
    long lost,
    UsageResult client,
    UsageResult server,
    DiskResult disk,
    CounterResult counters,
    boolean openLoop) {

  /**
   * @param kinds names of the kinds in {@code figures}
   * @param server null if it is not of this machine
   * @param disk null if it is not known
   * @param counters null if it is not known
   */
  public static RunResult of(
      List<String> kinds,
      LoopFigures figures,
      Window window,
      boolean openLoop,
      String partial,
      long delays,
      UsageMeter client,
      UsageMeter server,
      DiskMeter disk,
      CounterMeter counters) {
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
        0,
        UsageResult.of(client, seconds, count),
        server == null ? null : UsageResult.of(server, seconds, count),
        disk == null ? null : disk.result(count),
        counters == null ? null : counters.result(count),
        openLoop);
  }

  /**
   * The same without what the server has lost.
   *
   * @param writes that were lost
   * @param counted those of them that had been counted as done
   */
  public RunResult without(long writes, long counted) {
    List<OperationResult> less = new ArrayList<>(operations);
    less.replaceAll(
        each -> each.bytes() > 0 && !each.name().equals("read") ? each.without(counted) : each);
    return new RunResult(
        seconds,
        partial,
        less.stream().mapToDouble(OperationResult::perSecond).sum(),
        less.stream().mapToDouble(OperationResult::mibPerSecond).sum(),
        less,
        timeline,
        refusals,
        delays,
        unanswered,
        neverStarted,
        writes,
        client,
        server,
        disk,
        counters,
        openLoop);
  }
}
