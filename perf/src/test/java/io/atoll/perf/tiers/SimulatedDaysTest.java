package io.atoll.perf.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedDaysTest {
  private static final double MIB = 1 << 20;
  private static final int EXHAUSTED = 95;
  private static final int AFTER_REST = 168;

  @Test
  void creditsBurnDownTheRateFallsToTheBaselineAndRecovers() throws Exception {
    Tier days = new SimulatedDays().run();
    List<Point> points = days.points();
    assertEquals(100 * MIB, points.getFirst().usedBytesPerSecond(), MIB);
    assertEquals(50 * MIB, points.get(EXHAUSTED).usedBytesPerSecond(), MIB);
    assertEquals(0, points.get(AFTER_REST - 1).usedBytesPerSecond());
    assertTrue(points.get(AFTER_REST - 1).creditBytes() > 2e12, "12 hours at 50 MiB/s");
    assertEquals(100 * MIB, points.get(AFTER_REST).usedBytesPerSecond(), MIB);
    assertTrue(days.holds());
    String page = TiersPage.of(List.of(days));
    assertFalse(page.contains("/*DATA*/") || page.contains("/*CHARTS*/"), "a place was left empty");
  }
}
