package io.atoll.perf.bench.figures;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What one kind of operation came to.
 *
 * @param items what operations gave several of, such as directory entries
 * @param measured from request to answer
 * @param corrected for coordinated omission. In an open loop: from when the request was due. In a
 *     closed loop: as if during a long answer further requests had been due, one each median time
 * @param curve for charts
 */
public record OperationResult(
    String name,
    long operations,
    double perSecond,
    long bytes,
    double mibPerSecond,
    long items,
    LatencyResult measured,
    LatencyResult corrected,
    List<CurvePoint> curve) {
  private static final double MIB = 1 << 20;
  private static final int MEDIAN = 50;
  private static final double LAST_HALVES = 17;

  /** Both latencies at a percentile, in microseconds. */
  public record CurvePoint(double percentile, double measured, double corrected) {}

  /**
   * @param openLoop whether operations were due at times of their own
   */
  public static OperationResult of(
      String name, OperationFigures figures, double seconds, boolean openLoop) {
    Histogram measured = figures.service();
    Histogram corrected =
        openLoop || measured.getTotalCount() == 0
            ? figures.response()
            : measured.copyCorrectedForCoordinatedOmission(
                Math.max(1, measured.getValueAtPercentile(MEDIAN)));
    double perSecond = seconds > 0 ? figures.operations() / seconds : 0;
    double mibPerSecond = seconds > 0 ? figures.bytes() / MIB / seconds : 0;
    return new OperationResult(
        name,
        figures.operations(),
        perSecond,
        figures.bytes(),
        mibPerSecond,
        figures.items(),
        LatencyResult.of(measured),
        LatencyResult.of(corrected),
        curve(measured, corrected));
  }

  /** The same with fewer operations, of the same size. */
  OperationResult without(long lost) {
    double share = operations == 0 ? 0 : Math.max(0, 1 - (double) lost / operations);
    return new OperationResult(
        name,
        Math.max(0, operations - lost),
        perSecond * share,
        Math.round(bytes * share),
        mibPerSecond * share,
        items,
        measured,
        corrected,
        curve);
  }

  /** Percentiles that halve what is left, in half steps, down to what was counted. */
  private static List<CurvePoint> curve(Histogram measured, Histogram corrected) {
    List<CurvePoint> points = new ArrayList<>();
    for (double halves = 0; halves <= LAST_HALVES; halves += 0.5) {
      double left = Math.pow(0.5, halves);
      if (left * corrected.getTotalCount() < 1) {
        break;
      }
      double percentile = 100 * (1 - left);
      points.add(
          new CurvePoint(
              percentile,
              LatencyResult.at(measured, percentile),
              LatencyResult.at(corrected, percentile)));
    }
    return points;
  }
}
