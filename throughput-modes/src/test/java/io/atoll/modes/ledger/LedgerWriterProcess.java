package io.atoll.modes.ledger;

import java.io.IOException;
import java.nio.file.Path;

/** Writes one numbered entry after the other, until it is killed. */
final class LedgerWriterProcess {

  private LedgerWriterProcess() {}

  /**
   * @param arguments the ledger
   */
  public static void main(String[] arguments) throws IOException {
    LedgerOpening.Opened opened =
        (LedgerOpening.Opened) CreditLedger.open(Path.of(arguments[0]), LedgerEntries.FILE_SYSTEM);
    for (long number = LedgerEntries.numberOf(opened.last()) + 1; ; number++) {
      opened.ledger().write(LedgerEntries.numbered(number));
    }
  }
}
