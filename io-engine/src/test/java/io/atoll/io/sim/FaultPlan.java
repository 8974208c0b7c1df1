package io.atoll.io.sim;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Which faults are in play in a history: drawn from its seed, each for itself. */
public final class FaultPlan {
  private static final int CALM_ONE_IN = 4;
  private static final int FAULT_ONE_IN = 5;
  private static final int SPOILING_ONE_IN = 2;

  private final SplittableRandom random;
  private final Set<Fault> drawn;

  private FaultPlan(SplittableRandom random, Set<Fault> drawn) {
    this.random = random;
    this.drawn = drawn;
  }

  /** Draws. A quarter of all histories have none, so that what takes long undisturbed happens. */
  public static FaultPlan draw(SplittableRandom random) {
    return draw(random, EnumSet.allOf(Fault.class));
  }

  /** As {@link #draw(SplittableRandom)}, but only some of these. */
  public static FaultPlan draw(SplittableRandom random, Set<Fault> of) {
    Set<Fault> drawn = EnumSet.noneOf(Fault.class);
    if (random.nextInt(CALM_ONE_IN) > 0) {
      boolean spoiling = random.nextInt(SPOILING_ONE_IN) == 0;
      for (Fault fault : of) {
        if (random.nextInt(FAULT_ONE_IN) == 0 && (spoiling || !fault.spoils())) {
          drawn.add(fault);
        }
      }
    }
    return new FaultPlan(random, drawn);
  }

  public boolean has(Fault fault) {
    return drawn.contains(fault);
  }

  /** Whether this is in play and its one chance in so many comes now. */
  public boolean strikes(Fault fault, int oneIn) {
    return drawn.contains(fault) && random.nextInt(oneIn) == 0;
  }

  /** A time in which some of the faults strike, each as often as luck will have it. */
  public Storm storm() {
    return storm(Integer.MAX_VALUE);
  }

  /** As {@link #storm}, while something is opened: one bit at most turns on its way. */
  public Storm openingStorm() {
    return storm(1);
  }

  private Storm storm(int flips) {
    Set<Fault> active = EnumSet.noneOf(Fault.class);
    for (Fault fault : drawn) {
      if (random.nextInt(3) > 0) {
        active.add(fault);
      }
    }
    return new Storm(random.split(), active, flips);
  }

  @Override
  public String toString() {
    return drawn.isEmpty() ? "no faults" : "faults " + drawn;
  }
}
