package io.atoll.perf.bench.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Two servers' rounds beside each other: the ratio in each pair of neighbouring rounds, and what
 * they say together.
 *
 * @param figure what is compared
 * @param median of the ratios, first server to second
 * @param low the lower end of where the true ratio lies with 93 % or more, as far as rounds are
 *     independent; the least ratio if there are few rounds
 * @param high the upper end
 * @param verdict in words
 */
public record Comparison(String figure, double median, double low, double high, String verdict) {
  /** The chance that the median lies outside, at most; 5 rounds and their extremes have 1/16. */
  private static final double OUTSIDE_MAX = 0.07;

  /** With fewer rounds the extremes say too little. */
  private static final int ROUNDS_MIN = 5;

  /** All that can be compared of runs that are neighbours in time. */
  public static List<Comparison> of(List<RunResult> first, List<RunResult> second) {
    List<Comparison> all = new ArrayList<>();
    add(all, "operations per second", true, first, second, RunResult::perSecond);
    add(all, "MiB per second", true, first, second, RunResult::mibPerSecond);
    for (OperationResult operation : first.getFirst().operations()) {
      String name = operation.name();
      add(all, name + " median", false, first, second, run -> latency(run, name).p50());
      add(all, name + " p99", false, first, second, run -> latency(run, name).p99());
    }
    add(all, "server CPU an operation", false, first, second, run -> cpu(run.server()));
    return all;
  }

  /**
   * In a closed loop as it was measured: the correction takes each server's own median for the time
   * between two requests, and would count one and the same stall more often for the faster one.
   */
  private static LatencyResult latency(RunResult run, String operation) {
    return run.operations().stream()
        .filter(each -> each.name().equals(operation))
        .findFirst()
        .map(run.openLoop() ? OperationResult::corrected : OperationResult::measured)
        .orElse(new LatencyResult(0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  private static double cpu(UsageResult usage) {
    return usage == null ? 0 : usage.cpuMicrosPerOperation();
  }

  private static void add(
      List<Comparison> all,
      String figure,
      boolean moreIsBetter,
      List<RunResult> first,
      List<RunResult> second,
      ToDoubleFunction<RunResult> value) {
    int rounds = Math.min(first.size(), second.size());
    double[] ratios = new double[rounds];
    int known = 0;
    for (int i = 0; i < rounds; i++) {
      double above = value.applyAsDouble(first.get(i));
      double below = value.applyAsDouble(second.get(i));
      if (above > 0 && below > 0) {
        ratios[known++] = above / below;
      }
    }
    if (known > 0) {
      Comparison ofKnown = ofRatios(figure, moreIsBetter, Arrays.copyOf(ratios, known));
      all.add(known == rounds ? ofKnown : ofKnown.lacking(rounds - known, rounds));
    }
  }

  /** What some rounds lack is no ratio; and what the others say is not the whole. */
  private Comparison lacking(int lacking, int rounds) {
    return new Comparison(
        figure,
        median,
        low,
        high,
        "can't tell: " + lacking + " of " + rounds + " rounds have none of a server");
  }

  /** What the ratios of all rounds say. */
  static Comparison ofRatios(String figure, boolean moreIsBetter, double... ratios) {
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    int cut = cutOff(n);
    double low = sorted[cut];
    double high = sorted[n - 1 - cut];
    return new Comparison(figure, median, low, high, verdict(moreIsBetter, n, median, low, high));
  }

  private static String verdict(
      boolean moreIsBetter, int rounds, double median, double low, double high) {
    if (rounds < ROUNDS_MIN) {
      return "can't tell: " + rounds + " rounds are too few";
    }
    if (low <= 1 && high >= 1) {
      return "can't tell: the noise is wider than the difference";
    }
    return (median > 1) == moreIsBetter ? "the first is better" : "the second is better";
  }

  /**
   * How many ratios can be left out at each end so that the median lies between the rest, by the
   * binomial distribution (the sign test's interval).
   */
  private static int cutOff(int n) {
    double outside = 0;
    double chance = Math.pow(0.5, n);
    int cut = 0;
    for (int i = 0; i < n / 2; i++) {
      outside += 2 * chance;
      if (outside > OUTSIDE_MAX) {
        break;
      }
      cut = i;
      chance = chance * (n - i) / (i + 1);
    }
    return cut;
  }
}
