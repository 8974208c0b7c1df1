package io.atoll.modes.rate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.rate.ChangeVerdict.Accepted;
import io.atoll.modes.rate.ChangeVerdict.Reason;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ModeControlTest {

  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private static ModeControl control(ThroughputSettings settings) {
    return new ModeControl(
        PerformanceMode.GENERAL_PURPOSE, ThroughputLimits.DEFAULT, settings, ModeControl.NEVER, 0);
  }

  private static ThroughputSettings provisioned(long mibps) {
    return ThroughputSettings.provisioned(mibps * MIB);
  }

  private static Refused refused(ChangeVerdict verdict, Reason reason) {
    Refused refused = assertInstanceOf(Refused.class, verdict);
    assertEquals(reason, refused.reason(), refused.message());
    return refused;
  }

  @Test
  void provisionedThroughputIsRaisedAtAnyTime() {
    ModeControl control = control(provisioned(10));
    for (int i = 1; i <= 5; i++) {
      assertInstanceOf(Accepted.class, control.change(provisioned(10 + i), i));
    }
    assertEquals(provisioned(15), control.settings());
  }

  @Test
  void loweringWaitsADayAfterTheLastSuchChange() {
    ModeControl control = control(provisioned(100));
    assertInstanceOf(Accepted.class, control.change(provisioned(90), 0));
    assertInstanceOf(Accepted.class, control.change(provisioned(95), HOUR));
    Refused refused = refused(control.change(provisioned(94), 23 * HOUR), Reason.TOO_MANY_REQUESTS);
    assertEquals(3600, refused.retryAfterSeconds());
    assertEquals(
        "ProvisionedThroughputInMibps 94 instead of 95: the mode was changed or the provisioned"
            + " throughput lowered less than 86400 s ago; allowed in 3600 s, and raising"
            + " provisioned throughput at any time",
        refused.message());
    assertEquals(provisioned(95), control.settings());
    assertInstanceOf(Accepted.class, control.change(provisioned(94), 24 * HOUR));
  }

  @Test
  void anotherModeWaitsToo() {
    ModeControl control = control(ThroughputSettings.BURSTING);
    assertInstanceOf(Accepted.class, control.change(provisioned(10), 0));
    Refused refused =
        refused(control.change(ThroughputSettings.ELASTIC, HOUR), Reason.TOO_MANY_REQUESTS);
    assertTrue(
        refused.message().startsWith("ThroughputMode elastic instead of provisioned: "),
        refused.message());
    assertEquals(TimeUnit.HOURS.toSeconds(23), refused.retryAfterSeconds());
    assertInstanceOf(Accepted.class, control.change(provisioned(11), HOUR));
  }

  @Test
  void theSameAgainIsNoChange() {
    ModeControl control = control(provisioned(10));
    assertInstanceOf(Accepted.class, control.change(provisioned(9), 0));
    assertInstanceOf(Accepted.class, control.change(provisioned(9), HOUR));
    assertEquals(3600, control.secondsSinceRestrictedChange(HOUR));
  }

  @Test
  void waitIsASetting() {
    ModeControl control =
        new ModeControl(
            PerformanceMode.GENERAL_PURPOSE,
            new ThroughputLimits(GIB, GIB, 0),
            provisioned(10),
            ModeControl.NEVER,
            0);
    assertInstanceOf(Accepted.class, control.change(provisioned(9), 0));
    assertInstanceOf(Accepted.class, control.change(provisioned(8), 0));
  }

  @Test
  void waitGoesOnAfterARestart() {
    ModeControl control =
        new ModeControl(
            PerformanceMode.GENERAL_PURPOSE,
            ThroughputLimits.DEFAULT,
            provisioned(10),
            TimeUnit.HOURS.toSeconds(20),
            7 * HOUR);
    Refused refused = refused(control.change(provisioned(9), 8 * HOUR), Reason.TOO_MANY_REQUESTS);
    assertEquals(TimeUnit.HOURS.toSeconds(3), refused.retryAfterSeconds());
    assertInstanceOf(Accepted.class, control.change(provisioned(9), 11 * HOUR));
  }

  @Test
  void elasticWithMaxIoIsRefused() {
    Refused refused =
        refused(
            ModeControl.judge(
                PerformanceMode.MAX_IO, ThroughputLimits.DEFAULT, ThroughputSettings.ELASTIC),
            Reason.BAD_REQUEST);
    assertTrue(refused.message().contains("maxIO"), refused.message());
    assertInstanceOf(
        Accepted.class,
        ModeControl.judge(
            PerformanceMode.MAX_IO, ThroughputLimits.DEFAULT, ThroughputSettings.BURSTING));
  }

  @Test
  void rateOutOfRangeIsRefusedByName() {
    ModeControl control = control(ThroughputSettings.BURSTING);
    Refused little =
        refused(control.change(ThroughputSettings.provisioned(MIB / 2), 0), Reason.BAD_REQUEST);
    assertEquals(
        "ProvisionedThroughputInMibps 0.5: must be from 1 to 3072, this node's ceiling",
        little.message());
    refused(control.change(provisioned(3073), 0), Reason.THROUGHPUT_LIMIT_EXCEEDED);
    refused(
        control.change(new ThroughputSettings(ThroughputMode.BURSTING, 5 * MIB), 0),
        Reason.BAD_REQUEST);
    assertEquals(ThroughputSettings.BURSTING, control.settings());
  }

  @Test
  void limitsOutOfRangeAreRefusedByName() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ThroughputLimits(MIB - 1, MIB, 0));
    assertEquals(
        "ceilingBytesPerSecond 1048575: must be from 1048576 to 1099511627776",
        refused.getMessage());
  }

  @Test
  void modesHaveTheNamesOfTheApi() {
    for (ThroughputMode mode : ThroughputMode.values()) {
      assertEquals(mode, ThroughputMode.ofApiName(mode.apiName()));
    }
    for (PerformanceMode mode : PerformanceMode.values()) {
      assertEquals(mode, PerformanceMode.ofApiName(mode.apiName()));
    }
    assertEquals(null, ThroughputMode.ofApiName("Bursting"));
  }
}
