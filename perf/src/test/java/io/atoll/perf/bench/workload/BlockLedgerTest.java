package io.atoll.perf.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlockLedgerTest {
  private final BlockLedger ledger = new BlockLedger(2);

  @Test
  void blockHasOneWriteInFlight() {
    assertTrue(ledger.tryClaim(0));
    assertFalse(ledger.tryClaim(0));
    assertTrue(ledger.tryClaim(1));
    ledger.written(0);
    assertTrue(ledger.tryClaim(0));
  }

  @Test
  void readDuringAWriteMaySeeBothGenerations() {
    ledger.tryClaim(0);
    assertEquals(1, ledger.claimedGeneration(0));
    assertEquals(0, ledger.oldest(0));
    assertEquals(1, ledger.newest(0));
    ledger.written(0);
    assertEquals(1, ledger.oldest(0));
    assertEquals(1, ledger.newest(0));
    ledger.tryClaim(0);
    assertEquals(1, ledger.oldest(0));
    assertEquals(2, ledger.newest(0));
  }

  @Test
  void blockWhoseWriteWentWrongIsNotCheckedUntilTheNextOne() {
    ledger.tryClaim(0);
    ledger.abandoned(0);
    assertEquals(0, ledger.oldest(0));
    assertTrue(ledger.tryClaim(0));
    assertEquals(2, ledger.claimedGeneration(0), "not one that the block may have already");
    ledger.written(0);
    assertEquals(2, ledger.oldest(0));
    assertEquals(2, ledger.newest(0));
  }

  @Test
  void readDuringWhichAWriteWentWrongIsNotChecked() {
    ledger.tryClaim(0);
    ledger.written(0);
    int losses = ledger.losses();
    ledger.tryClaim(0);
    assertEquals(losses, ledger.losses());
    ledger.abandoned(0);
    assertNotEquals(losses, ledger.losses());
  }

  @Test
  void lostBlockIsNotCheckedUntilItIsWrittenAgain() {
    ledger.tryClaim(0);
    ledger.written(0);
    ledger.lost(0);
    assertEquals(0, ledger.oldest(0));
    ledger.tryClaim(0);
    ledger.written(0);
    assertEquals(2, ledger.oldest(0));
  }
}
