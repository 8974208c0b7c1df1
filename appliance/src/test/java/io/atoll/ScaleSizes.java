package io.atoll;

/**
 * How large the shapes are.
 *
 * @param directoryEntries in one directory
 * @param files in directories of {@link #FILES_PER_DIRECTORY}
 * @param sparseBytes length of the file of holes
 * @param randomBytes length of the file that is written at random
 * @param openFiles held at the same time
 * @param depth of the longest path
 */
record ScaleSizes(
    int directoryEntries, int files, long sparseBytes, long randomBytes, int openFiles, int depth) {
  static final int FILES_PER_DIRECTORY = 1000;
  private static final int MIN_OPEN_FILES = 1000;
  private static final int MIN_DEPTH = 100;

  /** The sizes that Atoll is to hold. */
  static final ScaleSizes WHOLE =
      new ScaleSizes(1_000_000, 10_000_000, 100L << 30, 10L << 30, 10_000, 1000);

  /** These sizes, each divided, for a quicker look. */
  ScaleSizes dividedBy(int divisor) {
    return new ScaleSizes(
        directoryEntries / divisor,
        files / divisor,
        sparseBytes / divisor / 4096 * 4096,
        randomBytes / divisor / 4096 * 4096,
        Math.max(openFiles / divisor, Math.min(MIN_OPEN_FILES, files / divisor)),
        Math.max(depth / divisor, MIN_DEPTH));
  }

  ScaleSizes withFiles(int count) {
    return new ScaleSizes(directoryEntries, count, sparseBytes, randomBytes, openFiles, depth);
  }
}
