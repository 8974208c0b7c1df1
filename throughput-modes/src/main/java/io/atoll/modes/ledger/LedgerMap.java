package io.atoll.modes.ledger;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.core.Jvm;

/** A ledger's file in memory, by words. One thread at a time. */
final class LedgerMap implements AutoCloseable {

  static {
    Jvm.disablePerfHandler(); // It logs how long mapping took, each time.
  }

  private final MappedBytes bytes;

  private LedgerMap(MappedBytes bytes) {
    this.bytes = bytes;
    // Workers take turns; each hands over to the next.
    bytes.singleThreadedCheckDisabled(true);
  }

  /** Maps a file that has its whole length. */
  static LedgerMap of(Path file, boolean readOnly) throws IOException {
    return new LedgerMap(
        MappedBytes.singleMappedBytes(file.toFile(), LedgerFormat.FILE_BYTES, readOnly));
  }

  long[] read(int offsetBytes, int words) {
    long[] result = new long[words];
    for (int i = 0; i < words; i++) {
      result[i] = bytes.readVolatileLong(offsetBytes + (long) i * Long.BYTES);
    }
    return result;
  }

  void write(int offsetBytes, long[] words) {
    for (int i = 0; i < words.length; i++) {
      bytes.writeOrderedLong(offsetBytes + (long) i * Long.BYTES, words[i]);
    }
  }

  /** Whether the header is that of a ledger of the version that this program writes. */
  boolean hasOurHeader() {
    long[] header = header();
    return header[0] == LedgerFormat.MAGIC
        && header[1] == LedgerFormat.VERSION
        && LedgerFormat.isSealed(header);
  }

  long[] header() {
    return read(LedgerFormat.HEADER_OFFSET_BYTES, LedgerFormat.HEADER_WORDS);
  }

  /** The words of the slot that was written last, of those that are whole; null without any. */
  long[] latestSlot() {
    long[] latest = null;
    for (int i = 0; i < LedgerFormat.SLOTS; i++) {
      long[] slot = read(LedgerFormat.slotOffsetBytes(i), LedgerFormat.SLOT_WORDS);
      boolean whole =
          LedgerFormat.isSealed(slot)
              && slot[0] > 0
              && (slot[0] & 1) == i
              && LedgerFormat.entry(slot) != null;
      if (whole && (latest == null || slot[0] > latest[0])) {
        latest = slot;
      }
    }
    return latest;
  }

  @Override
  public void close() {
    bytes.releaseLast();
  }
}
