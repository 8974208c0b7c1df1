package io.atoll.io.sim;

/**
 * The code with one rule broken. A simulation must notice it, or its silence about the code itself
 * would prove nothing.
 *
 * @param part whose rule it is
 * @param broken what it does wrong
 * @param maxSeeds within so many seeds, from 1 on, it must be noticed
 * @param history lives through a seed
 */
public record Mutant(String part, String broken, int maxSeeds, History history) {

  /** The first seed that notices it, or 0 if none does within the bound. */
  public long seedsToCatch() {
    for (long seed = 1; seed <= maxSeeds; seed++) {
      try {
        history.live(seed);
      } catch (AssertionError caught) {
        return seed;
      }
    }
    return 0;
  }

  /** A simulated history of the mutant. */
  @FunctionalInterface
  public interface History {
    /**
     * @throws AssertionError if a rule is seen broken
     */
    void live(long seed);
  }
}
