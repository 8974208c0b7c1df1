package io.atoll.nfs4.state;

import org.junit.jupiter.api.Test;

/**
 * Random histories against a model: who may open and lock what, that each open holds its file once,
 * that stateids rise by one, and that nothing is left when all have gone.
 */
class StateHistoryTest {
  private static final int HISTORIES = 300;
  private static final int STEPS = 120;

  @Test
  void randomHistoriesAgreeWithTheModelAndLeaveNothing() {
    for (long seed = 0; seed < HISTORIES; seed++) {
      StateHistory history = new StateHistory(seed);
      for (int step = 0; step < STEPS; step++) {
        history.step(step);
      }
      history.checkNothingIsLeft();
    }
  }
}
