package io.atoll.perf.bench.workload;

import java.util.List;
import java.util.Locale;

/**
 * How large the files of a tree of small files are, and how many lie in one directory. Sizes are
 * drawn between quantiles, evenly on a logarithmic scale.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list can't be changed
public enum FileShape {
  /** All of one size. */
  UNIFORM(100),
  /** A web site: pages, scripts, styles, pictures. */
  WEB(20, 200, 2_000, 9_000, 30_000, 120_000, 1_000_000),
  /** JavaScript packages: very many tiny files, few to a directory. */
  NODE_MODULES(7, 20, 400, 1_300, 4_000, 14_000, 400_000),
  /** A source tree as git checks it out. */
  GIT_CHECKOUT(12, 30, 1_200, 4_000, 12_000, 40_000, 600_000);

  /** The shares of files that are smaller than each size. */
  private static final double[] QUANTILES = {0, 0.25, 0.5, 0.75, 0.95, 1};

  private final int filesPerDirectory;
  private final List<Integer> sizes;

  FileShape(int filesPerDirectory, Integer... sizes) {
    this.filesPerDirectory = filesPerDirectory;
    this.sizes = List.of(sizes);
  }

  public int filesPerDirectory() {
    return filesPerDirectory;
  }

  /**
   * The size of a file.
   *
   * @param share from 0 to 1: which of the files, smallest first
   * @param uniformBytes the size if all have the same
   */
  public int sizeBytes(double share, int uniformBytes) {
    if (sizes.isEmpty()) {
      return uniformBytes;
    }
    int upper = 1;
    while (upper < QUANTILES.length - 1 && share > QUANTILES[upper]) {
      upper++;
    }
    double part = (share - QUANTILES[upper - 1]) / (QUANTILES[upper] - QUANTILES[upper - 1]);
    double low = Math.log(sizes.get(upper - 1));
    double high = Math.log(sizes.get(upper));
    return (int) Math.round(Math.exp(low + part * (high - low)));
  }

  /** The largest that there are. */
  public int largestBytes(int uniformBytes) {
    return sizes.isEmpty() ? uniformBytes : sizes.getLast();
  }

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
