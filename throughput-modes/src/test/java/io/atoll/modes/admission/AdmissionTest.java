package io.atoll.modes.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.sim.SimLoop;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.meter.RequestKind;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final long MIB = Fixture.MIB;
  private static final long LARGE = Metering.thirdsOf(RequestKind.DATA_WRITE, MIB);
  private static final long SMALL = Metering.thirdsOf(RequestKind.METADATA, 100);

  /** Writes down when it was admitted. */
  private static final class Noted extends AdmissionRequest {
    private final String name;
    private final List<String> notes;

    Noted(String name, List<String> notes) {
      this.name = name;
      this.notes = notes;
    }

    @Override
    protected void admitted() {
      notes.add(name);
    }
  }

  private final List<String> notes = new ArrayList<>();

  private Noted noted(String name) {
    return new Noted(name, notes);
  }

  /** Has a request of a client of its own empty the bucket. */
  private void empty(Fixture fixture) {
    assertEquals(
        Admittance.ADMITTED, fixture.admission.submit(Fixture.client(), noted("first"), LARGE));
  }

  @Test
  void requestUnderTheRateStartsAtOnce() {
    Fixture fixture = Fixture.provisioned(100 * MIB);
    for (int i = 0; i < 10; i++) {
      assertEquals(
          Admittance.ADMITTED, fixture.admission.submit(Fixture.client(), noted("a"), LARGE));
    }
    assertEquals(Admittance.QUEUED, fixture.admission.submit(Fixture.client(), noted("b"), SMALL));
    assertEquals(10 * LARGE, fixture.admission.admittedThirds());
    assertEquals(List.of(), notes);
  }

  @Test
  void requestOverTheRateWaitsUntilTheBucketHasBeenFilled() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    fixture.admission.submit(Fixture.client(), noted("late"), SMALL);
    // 1 MiB was taken of the 0.1 MiB that there were.
    fixture.runUntil(Fixture.SECOND * 9 / 10 - 1000);
    assertEquals(List.of(), notes);
    fixture.runUntil(Fixture.SECOND * 9 / 10 + 2_000_000);
    assertEquals(List.of("late"), notes);
  }

  @Test
  void nobodyGoesBeforeThoseWhoWait() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    fixture.admission.submit(client, noted("a"), SMALL);
    fixture.loop.stall(Fixture.SECOND);
    assertEquals(Admittance.QUEUED, fixture.admission.submit(client, noted("b"), SMALL));
    fixture.runUntil(2 * Fixture.SECOND);
    assertEquals(List.of("a", "b"), notes);
  }

  @Test
  void renewalsAndUnlocksPassHoweverManyWait() {
    AdmissionLimits limits = new AdmissionLimits(1, 1, 2);
    Fixture fixture = Fixture.provisioned(MIB, limits);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    fixture.admission.submit(client, noted("a"), LARGE);
    fixture.admission.submit(client, noted("b"), LARGE);
    assertEquals(Admittance.FULL, fixture.admission.submit(client, noted("c"), SMALL));
    assertEquals(1, fixture.admission.refusedFull());
    assertEquals(
        Admittance.ADMITTED,
        fixture.admission.submit(client, noted("d"), Metering.thirdsOf(RequestKind.STATE, 0)));
    assertTrue(client.isWaiting());
  }

  @Test
  void readingStopsAtTheBoundAndGoesOnAtHalfOfIt() {
    AdmissionLimits limits = new AdmissionLimits(4, 1000, 1000);
    Fixture fixture = Fixture.provisioned(MIB, limits);
    empty(fixture);
    AdmissionClient client = new AdmissionClient(open -> notes.add(open ? "open" : "stop"));
    for (int i = 0; i < 5; i++) {
      fixture.admission.submit(client, noted("" + i), LARGE);
    }
    assertEquals(List.of("stop"), notes);
    assertTrue(client.isStopped());
    fixture.runUntil(20 * Fixture.SECOND);
    assertEquals(List.of("stop", "0", "1", "open", "2", "3", "4"), notes);
    assertFalse(client.isStopped());
    assertFalse(client.isWaiting());
  }

  @Test
  void crowdStopsWhoeverAddsToIt() {
    AdmissionLimits limits = new AdmissionLimits(4, 6, 1000);
    Fixture fixture = Fixture.provisioned(MIB, limits);
    empty(fixture);
    for (int i = 0; i < 5; i++) {
      fixture.admission.submit(Fixture.client(), noted("" + i), SMALL);
    }
    AdmissionClient client = new AdmissionClient(open -> notes.add(open ? "open" : "stop"));
    fixture.admission.submit(client, noted("x"), LARGE);
    fixture.admission.submit(client, noted("y"), LARGE);
    assertEquals(List.of("stop"), notes);
    fixture.runUntil(20 * Fixture.SECOND);
    assertEquals(List.of("open", "y"), notes.subList(notes.size() - 2, notes.size()));
  }

  @Test
  void raisedRateIsForThoseWhoWaitToo() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    for (int i = 0; i < 100; i++) {
      fixture.admission.submit(client, noted("" + i), LARGE);
    }
    fixture.admission.change(ThroughputSettings.provisioned(100 * MIB));
    fixture.runUntil(Fixture.SECOND * 102 / 100);
    assertEquals(100, notes.size());
  }

  @Test
  void releaseLetsAllGoUncounted() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    for (int i = 0; i < 1000; i++) {
      fixture.admission.submit(client, noted("" + i), LARGE);
    }
    fixture.admission.release();
    assertEquals(List.of(), notes);
    fixture.loop.runUntil(() -> notes.size() == 1000, 100);
    assertEquals(Admittance.ADMITTED, fixture.admission.submit(client, noted("more"), LARGE));
    assertEquals(LARGE, fixture.admission.admittedThirds());
    assertEquals(0, fixture.loop.monotonicNanos());
  }

  @Test
  void failedStartDoesNotStopOthers() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    fixture.admission.submit(
        client,
        new AdmissionRequest() {
          @Override
          protected void admitted() {
            throw new IllegalStateException("made to fail by a test");
          }
        },
        SMALL);
    fixture.admission.submit(client, noted("next"), SMALL);
    fixture.runUntil(2 * Fixture.SECOND);
    assertEquals(List.of("next"), notes);
  }

  @Test
  void costOutOfBoundsIsADefect() {
    Fixture fixture = Fixture.provisioned(MIB);
    AdmissionClient client = Fixture.client();
    long most = Metering.thirds(Allowance.MAX_REQUEST_BYTES);
    assertThrows(
        IllegalArgumentException.class,
        () -> fixture.admission.submit(client, noted("a"), most + 1));
    assertThrows(
        IllegalArgumentException.class, () -> fixture.admission.submit(client, noted("a"), -1));
  }

  @Test
  void waitingRequestCannotBeSubmittedAgain() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    AdmissionClient client = Fixture.client();
    Noted request = noted("a");
    fixture.admission.submit(client, request, SMALL);
    assertThrows(
        IllegalStateException.class, () -> fixture.admission.submit(client, request, SMALL));
  }

  @Test
  void forwardedRequestComesBackToItsLoop() {
    Fixture fixture = Fixture.provisioned(MIB);
    empty(fixture);
    SimLoop origin = new SimLoop(new SplittableRandom(2));
    AdmissionClient client = Fixture.client();
    ForwardedRequest request =
        new ForwardedRequest(fixture.admission, fixture.loop, origin) {
          @Override
          protected void ended(Admittance admittance) {
            notes.add("ended " + admittance);
          }
        };
    request.submit(client, LARGE);
    fixture.runUntil(Fixture.SECOND / 2);
    assertFalse(origin.step());
    fixture.runUntil(Fixture.SECOND);
    assertEquals(List.of(), notes);
    assertTrue(origin.step());
    assertEquals(List.of("ended ADMITTED"), notes);
    request.submit(client, 0);
    fixture.loop.step();
    assertTrue(origin.step());
    assertEquals(2, notes.size());
  }
}
