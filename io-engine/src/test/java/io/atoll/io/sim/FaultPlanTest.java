package io.atoll.io.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the seeds of a build's simulations draw. */
class FaultPlanTest {
  private static final int SEEDS = 1000;

  @Test
  void everyTwoFaultsMeetInSomeHistory() {
    List<FaultPlan> plans = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      plans.add(FaultPlan.draw(new SplittableRandom(seed).split()));
    }
    List<String> strangers = new ArrayList<>();
    for (Fault one : Fault.values()) {
      for (Fault other : Fault.values()) {
        if (plans.stream().noneMatch(plan -> plan.has(one) && plan.has(other))) {
          strangers.add(one + " and " + other);
        }
      }
    }
    assertEquals(List.of(), strangers);
  }
}
