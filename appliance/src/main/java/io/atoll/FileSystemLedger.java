package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystemId;
import io.atoll.modes.FileSystemThroughput;
import io.atoll.modes.ledger.CreditLedger;
import io.atoll.modes.ledger.LedgerEntry;
import io.atoll.modes.ledger.LedgerOpening;
import io.atoll.modes.ledger.LedgerOpening.Opened;
import io.atoll.modes.ledger.LedgerOpening.Reason;
import io.atoll.modes.ledger.LedgerOpening.Refused;
import io.atoll.modes.ledger.LedgerTime;
import io.atoll.modes.rate.ThroughputSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the credit ledger in a file system's folder. Blocks: for workers. */
final class FileSystemLedger {
  private static final Logger LOG = LoggerFactory.getLogger(FileSystemLedger.class);

  /** The ledger's file in the folder of its file system. */
  static final String FILE = "credits";

  private FileSystemLedger() {}

  /**
   * Opens the ledger, or makes it: with the credits of a new file system for one that was just
   * made, without any if there was none, or one that can't be used, which is moved aside.
   *
   * @param settings to begin with, where nothing says what they were
   * @throws StartFailure if a later version of Atoll wrote it, or it can't be read or written
   */
  static Opened open(
      Path folder, FileSystemId id, boolean isNew, ThroughputSettings settings, LedgerTime now) {
    Path file = folder.resolve(FILE);
    try {
      return openOrMake(file, id, isNew, settings, now);
    } catch (IOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the credit ledger " + file + " of " + id + " can't be used: " + IoReason.of(e));
    }
  }

  private static Opened openOrMake(
      Path file, FileSystemId id, boolean isNew, ThroughputSettings settings, LedgerTime now)
      throws IOException {
    UUID owner = new UUID(id.high(), id.low());
    LedgerEntry first = FileSystemThroughput.firstEntry(now, settings);
    LedgerOpening opening = CreditLedger.open(file, owner);
    if (opening instanceof Opened opened) {
      return opened;
    }
    Refused refused = (Refused) opening;
    if (refused.reason() == Reason.NEWER) {
      throw new StartFailure(Kind.STORE_VERSION, refused.message());
    }
    if (isNew && refused.reason() == Reason.MISSING) {
      return new Opened(CreditLedger.create(file, owner, first), first);
    }
    Opened rebuilt = CreditLedger.rebuild(file, owner, first);
    LOG.warn(
        "{}; it was rebuilt: {} begins without credits, with {} throughput",
        refused.message(),
        id,
        settings.mode().apiName());
    return rebuilt;
  }
}
