package io.atoll.io.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EitherIoRuleTest {
  private static final String RING = "of the ring itself";
  private static final String SAMPLE = "what the rule is tried on";

  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "EngineRuntimeTest", "each of its tests says in which modes it runs",
          "RingAllocationTest", RING,
          "RingDiskTest", RING,
          "RingShutdownTest", RING,
          "WorkerDiskTest", "of disks on workers, beside RingDiskTest",
          "EitherIoRuleTest", SAMPLE,
          "Forgotten", SAMPLE,
          "ForgottenByFixture", SAMPLE);

  @Test
  void testsOfTheEngineRunOnEither() {
    assertEquals(List.of(), EitherIoRule.violations(EitherIoRuleTest.class, EXCEPTIONS));
  }

  private static List<String> violations(Map<String, String> exceptions, Class<?>... tests) {
    return EitherIoRule.violations(
        List.copyOf(new ClassFileImporter().importClasses(tests)), exceptions);
  }

  @Test
  void aTestThatIsNotMarkedBreaksIt() {
    assertEquals(
        List.of(
            "Forgotten.onTheRing uses real disks or sockets, and is not @EitherIo",
            "ForgottenByFixture.onTheRing uses real disks or sockets, and is not @EitherIo"),
        violations(Map.of(), Fixture.class, Forgotten.class, ForgottenByFixture.class));
  }

  @Test
  void aMarkOrAReasonMends() {
    assertEquals(
        List.of(),
        violations(Map.of("Forgotten.onTheRing", "for one alone"), Forgotten.class, Marked.class));
    assertEquals(List.of(), violations(Map.of("Forgotten", "for one alone"), Forgotten.class));
  }

  @Test
  void aReasonForNothingBreaksIt() {
    assertEquals(
        List.of("Gone is an exception to no purpose", "Marked is an exception to no purpose"),
        violations(Map.of("Gone", "once", "Marked", "once"), Marked.class));
  }

  /** As a test would, and none that JUnit finds. */
  private static final class Forgotten {
    @Test
    void onTheRing() {
      IoUnderTest.assumeRing();
    }
  }

  private static final class ForgottenByFixture {
    @Test
    void onTheRing() {
      Fixture.mode();
    }
  }

  @EitherIo
  private static class Marked {
    @Test
    void onEither() {
      Fixture.mode();
    }
  }

  private static final class Fixture {
    static void mode() {
      IoUnderTest.mode();
    }
  }
}
