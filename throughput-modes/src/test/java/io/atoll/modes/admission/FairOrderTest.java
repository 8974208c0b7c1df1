package io.atoll.modes.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.meter.Metering;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FairOrderTest {

  private static final long SMALL = Metering.thirds(4096);
  private static final long LARGE = Metering.thirds(1 << 20);

  private final FairOrder order = new FairOrder();

  /** A client that waits with so many requests of one cost. */
  private AdmissionClient waiting(int requests, long cost) {
    AdmissionClient client = Fixture.client();
    for (int i = 0; i < requests; i++) {
      append(client, cost);
    }
    order.enter(client);
    return client;
  }

  private static void append(AdmissionClient client, long cost) {
    AdmissionRequest request =
        new AdmissionRequest() {
          @Override
          protected void admitted() {}
        };
    request.costThirds = cost;
    client.append(request);
  }

  private AdmissionClient serve() {
    AdmissionClient client = order.poll();
    long cost = client.poll().costThirds;
    order.took(client, cost);
    return client;
  }

  @Test
  void whoseRequestWouldBeFinishedFirstGoesFirst() {
    AdmissionClient large = waiting(2, LARGE);
    AdmissionClient small = waiting(2, SMALL);
    assertSame(small, serve());
    assertSame(small, serve());
    assertSame(large, serve());
    assertSame(large, serve());
  }

  @Test
  void equalClientsTakeTurns() {
    AdmissionClient first = waiting(4, LARGE);
    AdmissionClient second = waiting(4, LARGE);
    for (int i = 0; i < 4; i++) {
      assertSame(first, serve());
      assertSame(second, serve());
    }
  }

  /** An account can be ahead by more than there are lines; then others go on until it is due. */
  @Test
  void whoIsFarAheadWaitsUntilTheClockIsThere() {
    long ahead = 100 * LARGE;
    AdmissionClient far = Fixture.client();
    append(far, SMALL);
    far.accountThirds = ahead;
    order.enter(far);
    AdmissionClient other = waiting(300, LARGE);
    int served = 0;
    while (serve() == other) {
      served++;
    }
    assertEquals(100, served, 1);
    assertSame(other, serve());
  }

  @Test
  void shareIsKeptForTheAbsentUpToABound() {
    AdmissionClient busy = waiting(100, LARGE);
    for (int i = 0; i < 50; i++) {
      serve();
    }
    AdmissionClient late = Fixture.client();
    assertTrue(order.isWithinShare(late, FairOrder.SAVED_THIRDS));
    assertFalse(order.isWithinShare(late, FairOrder.SAVED_THIRDS + 1));
    order.tookPast(late, FairOrder.SAVED_THIRDS);
    assertTrue(busy.isWaiting());
    // What it took moves the clock on by its half, for there are two now.
    assertTrue(order.isWithinShare(late, FairOrder.SAVED_THIRDS / 2));
    assertFalse(order.isWithinShare(late, FairOrder.SAVED_THIRDS / 2 + 3));
  }
}
