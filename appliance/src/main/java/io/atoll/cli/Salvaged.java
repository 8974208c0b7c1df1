package io.atoll.cli;

import io.atoll.OfflineSalvage;
import io.atoll.StartFailure;
import java.nio.file.Path;

/**
 * The data directory that {@code serve --salvage} makes of a damaged one: from then on it is what
 * clients write to, so the damaged one must not come back unasked.
 */
final class Salvaged {
  private static final String SUFFIX = ".salvaged";

  private Salvaged() {}

  /** Where what is left of {@code damaged} goes. */
  static Path of(Path damaged) {
    return damaged.resolveSibling(damaged.getFileName() + SUFFIX);
  }

  /** What is to be served of {@code directory}: it, or what has taken its place. */
  static Path newest(Path directory) {
    Path newest = directory;
    while (OfflineSalvage.isFinished(of(newest))) {
      newest = of(newest);
    }
    return newest;
  }

  /**
   * Refuses {@code directory} where another has taken its place.
   *
   * @throws StartFailure says what to do
   */
  static void refuseIfReplaced(Path directory) {
    Path newest = newest(directory);
    if (!newest.equals(directory)) {
      throw new StartFailure(
          StartFailure.Kind.DATA_DIRECTORY,
          "the data directory "
              + directory
              + " was damaged, and "
              + newest
              + " was salvaged from it and may have been written to since: serve that (--data "
              + newest
              + ", or --salvage), or move it away to go back");
    }
  }
}
