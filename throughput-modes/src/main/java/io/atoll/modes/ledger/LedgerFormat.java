package io.atoll.modes.ledger;

import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The ledger's bytes: one page, of little-endian 64-bit words. Header and slots each lie within one
 * sector of 512 bytes.
 *
 * <pre>
 *    0 ┌──────────────────────────────────┐
 *      │ header, written once              │   word 0  magic "ATOLCRED"
 *      │                                   │   word 1  format version, 1
 *      │                                   │   word 2  bytes of the file, 4096
 *      │                                   │   word 3  file system, high half of its UUID
 *      │                                   │   word 4  file system, low half
 *      │                                   │   word 5  CRC-32C of words 0 to 4
 *  512 ├──────────────────────────────────┤
 *      │ slot 0: entries of even sequence  │   word 0  sequence, from 1 on
 *      │                                   │   word 1  wall clock, ns since the epoch
 *      │                                   │   word 2  monotonic clock, ns
 *      │                                   │   word 3  boot, high half of its UUID
 *      │                                   │   word 4  boot, low half
 *      │                                   │   word 5  credits, thirds of a byte (signed)
 *      │                                   │   word 6  credits, millionths of a third
 *      │                                   │   word 7  throughput mode: 1 bursting, 2 provisioned,
 *      │                                   │           3 elastic
 *      │                                   │   word 8  provisioned, bytes/s
 *      │                                   │   word 9  since the last restricted change, s; -1 never
 *      │                                   │   word 10 metered size, bytes
 *      │                                   │   word 11 permitted, thirds of a byte/s
 *      │                                   │   word 12 admitted since opening, thirds of a byte
 *      │                                   │   word 13 requests that wait
 *      │                                   │   words 14 to 30, 0: for what will come
 *      │                                   │   word 31 CRC-32C of words 0 to 30
 * 1024 ├──────────────────────────────────┤
 *      │ slot 1: entries of odd sequence   │   the same
 * 1536 ├──────────────────────────────────┤
 *      │ zeros                             │
 * 4096 └──────────────────────────────────┘
 * </pre>
 *
 * <p>Each entry goes to the slot that holds the older one. So at every moment one slot is whole,
 * and the one of the greater sequence whose checksum is right is the ledger's state; a reader of
 * another process that meets a slot half written takes the other one.
 */
final class LedgerFormat {

  static final long MAGIC = 0x4445_5243_4c4f_5441L; // "ATOLCRED", as its bytes lie in the file
  static final long VERSION = 1;
  static final int FILE_BYTES = 4096;

  static final int HEADER_OFFSET_BYTES = 0;
  static final int HEADER_WORDS = 6;
  static final int SLOTS = 2;
  static final int SLOT_WORDS = 32;

  private static final int SECTOR_BYTES = 512;

  private LedgerFormat() {}

  static int slotOffsetBytes(long sequence) {
    return SECTOR_BYTES * (1 + (int) (sequence & 1));
  }

  static long[] header(UUID fileSystem) {
    long[] words = new long[HEADER_WORDS];
    words[0] = MAGIC;
    words[1] = VERSION;
    words[2] = FILE_BYTES;
    words[3] = fileSystem.getMostSignificantBits();
    words[4] = fileSystem.getLeastSignificantBits();
    seal(words);
    return words;
  }

  static UUID fileSystem(long[] header) {
    return new UUID(header[3], header[4]);
  }

  static long[] slot(long sequence, LedgerEntry entry) {
    long[] words = new long[SLOT_WORDS];
    words[0] = sequence;
    words[1] = entry.time().wallNanos();
    words[2] = entry.time().monotonicNanos();
    words[3] = entry.time().boot().getMostSignificantBits();
    words[4] = entry.time().boot().getLeastSignificantBits();
    words[5] = entry.credits().thirds();
    words[6] = entry.credits().millionths();
    words[7] = numberOf(entry.settings().mode());
    words[8] = entry.settings().provisionedBytesPerSecond();
    words[9] = entry.secondsSinceRestrictedChange();
    words[10] = entry.meteredBytes();
    words[11] = entry.permittedThirdsPerSecond();
    words[12] = entry.admittedThirds();
    words[13] = entry.queuedRequests();
    seal(words);
    return words;
  }

  /** The entry of a slot whose checksum is right; null if it says what no entry can. */
  static LedgerEntry entry(long[] words) {
    ThroughputMode mode = modeOf(words[7]);
    if (mode == null || words[6] < 0 || words[6] > Credits.MAX_MILLIONTHS || words[10] < 0) {
      return null;
    }
    return new LedgerEntry(
        new LedgerTime(words[1], words[2], new UUID(words[3], words[4])),
        new Credits(words[5], (int) words[6]),
        new ThroughputSettings(mode, words[8]),
        words[9],
        words[10],
        words[11],
        words[12],
        words[13]);
  }

  static boolean isSealed(long[] words) {
    return words[words.length - 1] == checksum(words);
  }

  private static void seal(long[] words) {
    words[words.length - 1] = checksum(words);
  }

  private static long checksum(long[] words) {
    ByteBuffer bytes =
        ByteBuffer.allocate((words.length - 1) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(Arrays.copyOf(words, words.length - 1));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }

  private static long numberOf(ThroughputMode mode) {
    return switch (mode) {
      case BURSTING -> 1;
      case PROVISIONED -> 2;
      case ELASTIC -> 3;
    };
  }

  private static ThroughputMode modeOf(long number) {
    for (ThroughputMode mode : ThroughputMode.values()) {
      if (numberOf(mode) == number) {
        return mode;
      }
    }
    return null;
  }
}
