package io.atoll.perf.bench.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void differenceThatAllRoundsShowIsTold() {
    Comparison rate = Comparison.ofRatios("rate", true, 1.4, 1.6, 1.5, 1.7, 1.3);
    assertEquals(1.5, rate.median());
    assertEquals(1.3, rate.low());
    assertEquals(1.7, rate.high());
    assertEquals("the first is better", rate.verdict());
  }

  @Test
  void noiseWiderThanTheDifferenceIsNotToldAsOne() {
    Comparison rate = Comparison.ofRatios("rate", true, 1.4, 0.9, 1.5, 1.7, 1.3);
    assertTrue(rate.verdict().startsWith("can't tell"), rate.verdict());
  }

  @Test
  void fewRoundsTellNothing() {
    Comparison rate = Comparison.ofRatios("rate", true, 3, 3.1, 3.2);
    assertTrue(rate.verdict().startsWith("can't tell"), rate.verdict());
  }

  @Test
  void lessTimeIsBetter() {
    Comparison time = Comparison.ofRatios("p99", false, 1.4, 1.6, 1.5, 1.7, 1.3);
    assertEquals("the second is better", time.verdict());
  }

  @Test
  void extremesOfManyRoundsAreLeftOut() {
    // Of 9 ratios the sign test leaves out one at each end: 2 × (1 + 9) / 512 is below 7 %.
    Comparison rate = Comparison.ofRatios("rate", true, 2, 2, 2, 2, 2, 2, 2, 0.5, 9);
    assertEquals(2, rate.low());
    assertEquals(2, rate.high());
    assertEquals("the first is better", rate.verdict());
  }
}
