package io.atoll.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.EitherIoRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EitherIoTest {
  @Test
  void testsOfTheBenchmarksRunOnEither() {
    assertEquals(List.of(), EitherIoRule.violations(EitherIoTest.class, Map.of()));
  }
}
