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
      Map.ofEntries(
          Map.entry("AtollProcessTest", "runs a script in place of a node"),
          Map.entry("CallbackClientTest.programThatAnswersIsUp", BOTH),
          Map.entry("FirstCommandIT", "of the first build, by default options"),
          Map.entry("HeapCostIT", COST),
          Map.entry("HeapCostMaxIoIT", COST),
          Map.entry("LateWritesIT", "only a ring's requests outlive their process"),
          Map.entry(
              "LinuxMountIT.filesNamesAndLocksHoldWithoutRingAndOverNfs40",
              "half of it on NIO always"),
          Map.entry(
              "RpcServerTest.halfCloseIsNoWayAroundBackPressure",
              "the ring alone is told of a half-close behind what it has not read"),
          Map.entry("RpcServerTest.largePayloadsComeIntoAlignedMemoryAndGoOutAgain", BOTH),
          Map.entry("RpcServerTest.stoppingListensNoMoreButAnswersWhatRuns", BOTH),
          Map.entry("SystemCallCostIT", COST),
          Map.entry("WriteHeapTest", COST));

  @Test
  void testsOfTheApplianceRunOnEither() {
    assertEquals(List.of(), EitherIoRule.violations(EitherIoTest.class, EXCEPTIONS));
  }
}
