package io.atoll.api.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RequestRateTest {
  private long nowNanos = Long.MAX_VALUE - 5; // it may wrap

  private int taken(RequestRate rate) {
    int taken = 0;
    while (rate.take()) {
      taken++;
    }
    return taken;
  }

  @Test
  void aBurstIsTakenAndThenTheRate() {
    RequestRate rate = new RequestRate(1_000, 50, () -> nowNanos);
    assertEquals(50, taken(rate));
    nowNanos += 10_000_000;
    assertEquals(10, taken(rate));
    nowNanos += 3_600_000_000_000L;
    assertEquals(50, taken(rate));
  }
}
