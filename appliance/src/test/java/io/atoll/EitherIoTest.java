package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.EitherIoRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EitherIoTest {
  private static final String BOTH = "runs in both modes by itself";
  private static final String COST = "only the ring promises what an operation costs";

  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "AtollProcessTest", "runs a script in place of a node",
          "CallbackClientTest.programThatAnswersIsUp", BOTH,
          "FreshCloneIT", "of the first build, by default options",
          "HeapCostIT", COST,
          "LinuxMountIT.filesNamesAndLocksHoldWithoutRingAndOverNfs40", "half of it on NIO always",
          "RpcServerTest.halfCloseIsNoWayAroundBackPressure",
              "the ring alone is told of a half-close behind what it has not read",
          "RpcServerTest.largePayloadsComeIntoAlignedMemoryAndGoOutAgain", BOTH,
          "RpcServerTest.stoppingListensNoMoreButAnswersWhatRuns", BOTH,
          "SystemCallCostIT", COST,
          "WriteHeapTest", COST);

  @Test
  void testsOfTheApplianceRunOnEither() {
    assertEquals(List.of(), EitherIoRule.violations(EitherIoTest.class, EXCEPTIONS));
  }
}
