package io.atoll.io.check;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Counts what a check finds, and tells so many of each kind; the rest is counted only, so that a
 * store that is damaged all over does not drown its reader. Thread-safe.
 */
public final class Findings {

  /** Of each kind. */
  public static final int MAX_TOLD = 1000;

  private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
  private final Consumer<Finding> told;

  /**
   * @param told called with one finding at a time
   */
  public Findings(Consumer<Finding> told) {
    this.told = told;
  }

  public void add(Finding.Kind kind, String place, String what) {
    add(kind, () -> place, what);
  }

  /**
   * @param place asked for only if the finding is told
   */
  public synchronized void add(Finding.Kind kind, Supplier<String> place, String what) {
    if (counts.merge(kind, 1L, Long::sum) <= MAX_TOLD) {
      told.accept(new Finding(kind, place.get(), what));
    }
  }

  public synchronized long count(Finding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** Whether nothing was found. */
  public synchronized boolean none() {
    return counts.isEmpty();
  }
}
