package io.atoll.perf.bench.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnstableWritesTest {
  private final UnstableWrites writes = new UnstableWrites();

  @Test
  void nothingIsLostWhileTheVerifierStays() {
    assertFalse(writes.lostBy(Stability.UNSTABLE, 1));
    assertFalse(writes.lostBy(Stability.UNSTABLE, 1));
    assertTrue(writes.isPending());
    assertTrue(writes.isCommittedBy(1));
  }

  @Test
  void anotherVerifierTellsThatWhatWaitedIsLost() {
    writes.lostBy(Stability.UNSTABLE, 1);
    assertFalse(writes.isCommittedBy(2));
    assertTrue(writes.lostBy(Stability.UNSTABLE, 2));
    assertFalse(writes.lostBy(Stability.UNSTABLE, 2), "it has been told");
    assertTrue(writes.isCommittedBy(2));
  }

  @Test
  void whatIsDurableAtOnceCantBeLost() {
    assertFalse(writes.lostBy(Stability.FILE_SYNC, 1));
    assertFalse(writes.isPending());
    assertFalse(writes.lostBy(Stability.FILE_SYNC, 2));
    assertTrue(writes.isCommittedBy(3));
  }
}
