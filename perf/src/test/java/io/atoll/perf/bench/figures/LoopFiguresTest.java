package io.atoll.perf.bench.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LoopFiguresTest {
  private static final long MILLI = 1_000_000;
  private static final Window WINDOW = new Window(0, 1000 * MILLI, 2000 * MILLI);

  private final LoopFigures figures = new LoopFigures(1, WINDOW);

  private OperationFigures only() {
    return figures.kind(0);
  }

  @Test
  void rampUpDoesNotCount() {
    figures.done(0, 500 * MILLI, 500 * MILLI, 600 * MILLI, 10, 0);
    assertEquals(0, only().operations());
    assertEquals(0, only().service().getTotalCount());
  }

  @Test
  void throughputIsOfWhatEndsInTheWindowAndTimesOfWhatIsDueInIt() {
    figures.done(0, 900 * MILLI, 900 * MILLI, 1100 * MILLI, 10, 0);
    assertEquals(1, only().operations());
    assertEquals(0, only().service().getTotalCount());
    figures.done(0, 1900 * MILLI, 1950 * MILLI, 2100 * MILLI, 10, 0);
    assertEquals(1, only().operations());
    assertEquals(1, only().service().getTotalCount());
    assertEquals(150, only().service().getMaxValue() / MILLI);
    assertEquals(200, only().response().getMaxValue() / MILLI);
  }

  @Test
  void unansweredTimesCountAsFarAsTheyGo() {
    figures.unanswered(0, 1200 * MILLI, 1200 * MILLI, 1900 * MILLI);
    assertEquals(1, figures.unanswered());
    assertEquals(0, only().operations());
    assertEquals(700, only().service().getMaxValue() / MILLI);
  }

  @Test
  void loopsAddUp() {
    LoopFigures other = new LoopFigures(1, WINDOW);
    figures.done(0, 1100 * MILLI, 1100 * MILLI, 1200 * MILLI, 10, 1);
    other.done(0, 1100 * MILLI, 1100 * MILLI, 1250 * MILLI, 5, 2);
    other.refused("READ NFS4ERR_IO");
    figures.add(other);
    assertEquals(2, only().operations());
    assertEquals(15, only().bytes());
    assertEquals(3, only().items());
    assertEquals(1L, figures.refusals().get("READ NFS4ERR_IO"));
    assertEquals(2, figures.timeline().operations(1) + figures.timeline().operations(2));
  }
}
