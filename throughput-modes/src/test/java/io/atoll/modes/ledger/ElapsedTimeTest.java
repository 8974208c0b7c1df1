package io.atoll.modes.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElapsedTimeTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long DAY = TimeUnit.DAYS.toNanos(1);
  private static final UUID BOOT = new UUID(1, 1);
  private static final UUID NEXT_BOOT = new UUID(1, 2);
  private static final LedgerTime THEN = new LedgerTime(1000 * DAY, 3 * DAY, BOOT);

  private static ElapsedTime until(long wallNanos, long monotonicNanos, UUID boot) {
    return ElapsedTime.between(THEN, new LedgerTime(wallNanos, monotonicNanos, boot));
  }

  @Test
  void restartOfTheProcessLosesNothing() {
    ElapsedTime elapsed = until(1000 * DAY + 60 * SECOND, 3 * DAY + 60 * SECOND, BOOT);
    assertEquals(new ElapsedTime(60 * SECOND, 0, 0), elapsed);
    assertNull(elapsed.notice());
  }

  @Test
  void clockSetForwardByDaysEarnsNothing() {
    ElapsedTime elapsed = until(1005 * DAY, 3 * DAY + SECOND, BOOT);
    assertEquals(SECOND, elapsed.provenNanos());
    assertEquals(5 * DAY - SECOND, elapsed.wallJumpNanos());
    assertEquals(
        "the wall clock was set forward by 431999 s: credits go by the monotonic clock, none were"
            + " earned or lost by that",
        elapsed.notice());
  }

  @Test
  void clockSetBackByDaysLosesNothing() {
    ElapsedTime elapsed = until(990 * DAY, 4 * DAY, BOOT);
    assertEquals(DAY, elapsed.provenNanos());
    assertEquals(-11 * DAY, elapsed.wallJumpNanos());
    assertTrue(elapsed.notice().startsWith("the wall clock was set back by "), elapsed.notice());
  }

  @Test
  void overABootOnlyTheTimeSinceItIsProven() {
    ElapsedTime elapsed = until(1002 * DAY, 60 * SECOND, NEXT_BOOT);
    assertEquals(60 * SECOND, elapsed.provenNanos());
    assertEquals(2 * DAY - 60 * SECOND, elapsed.unprovenNanos());
    assertEquals(TimeUnit.DAYS.toSeconds(2), elapsed.ageSeconds());
    assertTrue(elapsed.notice().startsWith("the machine was off"), elapsed.notice());
  }

  @Test
  void clockSetBackOverABootKeepsWhatIsProven() {
    ElapsedTime elapsed = until(999 * DAY, 60 * SECOND, NEXT_BOOT);
    assertEquals(60 * SECOND, elapsed.provenNanos());
    assertEquals(-DAY - 60 * SECOND, elapsed.wallJumpNanos());
    assertEquals(0, elapsed.unprovenNanos());
  }

  @Test
  void smallCorrectionsAreNotTold() {
    assertNull(until(1000 * DAY + 4 * SECOND, 3 * DAY, BOOT).notice());
  }

  @Test
  void kernelSaysWhichBootThisIs() throws IOException {
    assertEquals(LedgerTime.thisBoot(), LedgerTime.thisBoot());
  }
}
