package io.atoll.io.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RingAvailabilityTest {

  private static String obstacle(String sysctl, Throwable cause) {
    return RingAvailability.obstacle("Linux", "amd64", "6.1.0-13-amd64", sysctl, cause)
        .orElseThrow();
  }

  private static void assertSays(String expected, String actual) {
    assertTrue(actual.contains(expected), actual);
  }

  @Test
  void nothingIsInTheWayWhereNettyHasARing() {
    assertEquals(
        Optional.empty(), RingAvailability.obstacle("Linux", "amd64", "6.18.44", "0", null));
  }

  @Test
  void theSysctlIsNamed() {
    Throwable cause = new RuntimeException("failed: Operation not permitted");
    assertSays("kernel.io_uring_disabled=0", obstacle("2", cause));
    assertSays("kernel.io_uring_group", obstacle("1", cause));
  }

  @Test
  void aRefusalWithoutTheSysctlPointsAtSeccomp() {
    Throwable cause = new IllegalStateException(new Exception("Operation not permitted"));
    assertSays("seccomp", obstacle("0", cause));
    assertSays("seccomp", obstacle("", cause));
  }

  @Test
  void lackOfLockedMemoryPointsAtItsLimit() {
    assertSays("ulimit -l", obstacle("0", new RuntimeException("Cannot allocate memory")));
  }

  @Test
  void aMissingLibraryNamesTheArchitecture() {
    assertSays("amd64", obstacle("0", new UnsatisfiedLinkError("no netty_transport")));
  }

  @Test
  void otherSystemsAndOldKernelsAreTold() {
    assertSays(
        "Mac OS X",
        RingAvailability.obstacle("Mac OS X", "aarch64", "14.1", "", null).orElseThrow());
    assertSays(
        "5.15", RingAvailability.obstacle("Linux", "amd64", "5.10.0-1", "", null).orElseThrow());
    assertEquals(Optional.empty(), RingAvailability.obstacle("Linux", "amd64", "5.15", "", null));
  }

  @Test
  void whatIsNotKnownIsPassedOn() {
    assertSays("odd", obstacle("0", new RuntimeException("odd")));
  }
}
