package io.atoll.perf.disk;

import java.util.Arrays;

/** The middle of some samples, for machines whose neighbours disturb the mean. */
final class Median {

  private Median() {}

  static double of(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
