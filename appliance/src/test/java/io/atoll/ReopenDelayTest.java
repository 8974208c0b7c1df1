package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReopenDelayTest {
  private final ReopenDelay delay = new ReopenDelay();

  @Test
  void itDoublesUpToItsBound() {
    assertEquals(ReopenDelay.FIRST_NANOS, delay.next());
    assertEquals(2 * ReopenDelay.FIRST_NANOS, delay.next());
    for (int i = 0; i < 20; i++) {
      delay.next();
    }
    assertEquals(ReopenDelay.LONGEST_NANOS, delay.next());
  }

  @Test
  void onlyOneThatStayedUpBeginsAnew() {
    delay.next();
    delay.wasUp(ReopenDelay.STEADY_NANOS - 1);
    assertEquals(2 * ReopenDelay.FIRST_NANOS, delay.next());
    delay.wasUp(ReopenDelay.STEADY_NANOS);
    assertEquals(ReopenDelay.FIRST_NANOS, delay.next());
  }
}
