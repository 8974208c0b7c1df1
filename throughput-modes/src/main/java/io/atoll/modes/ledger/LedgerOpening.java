package io.atoll.modes.ledger;

/** What came of opening a ledger. */
public sealed interface LedgerOpening {

  /**
   * It is open.
   *
   * @param ledger to be written to, and closed
   * @param last what was written last
   */
  record Opened(CreditLedger ledger, LedgerEntry last) implements LedgerOpening {}

  /**
   * It can't be used, and was left as it is.
   *
   * @param message names the file, what it has, and the way out
   */
  record Refused(Reason reason, String message) implements LedgerOpening {}

  /** Why a ledger can't be used. */
  enum Reason {
    /** There is none. To be rebuilt. */
    MISSING,
    /** It has another length, or neither slot is whole. To be rebuilt. */
    TORN,
    /** It is no ledger, or another file system's. To be rebuilt, if it is here by mistake. */
    FOREIGN,
    /** A later version of this program wrote it. Not to be rebuilt. */
    NEWER
  }
}
