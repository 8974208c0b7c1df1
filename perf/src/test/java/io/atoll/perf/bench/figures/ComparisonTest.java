package io.atoll.perf.bench.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
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
  void aRoundInWhichAServerDidNothingIsNotLeftOutInSilence() {
    List<RunResult> first = List.of(round(3), round(3), round(3), round(3), round(3), round(3));
    List<RunResult> second = List.of(round(1), round(1), round(0), round(1), round(1), round(1));
    Comparison rate = Comparison.of(first, second).getFirst();
    assertEquals(3, rate.median());
    assertEquals("can't tell: 1 of 6 rounds have none of a server", rate.verdict());
  }

  private static RunResult round(double perSecond) {
    return new RunResult(
        1, null, perSecond, 0, List.of(), null, Map.of(), 0, 0, 0, 0, null, null, null, null,
        false);
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
