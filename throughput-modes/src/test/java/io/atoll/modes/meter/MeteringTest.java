package io.atoll.modes.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MeteringTest {

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  /** The example of EFS's user guide. */
  @Test
  void thirtyMebibytesReadAndThirtyWrittenAreForty() {
    IoTotals totals = new IoTotals();
    for (int i = 0; i < 30; i++) {
      totals.record(RequestKind.DATA_READ, MIB);
      totals.record(RequestKind.DATA_WRITE, MIB);
    }
    assertEquals(40 * MIB, totals.meteredBytes());
    assertEquals(60 * MIB, totals.totalBytes());
    assertEquals(30 * MIB, totals.bytes(RequestKind.DATA_READ));
    assertEquals(30, totals.requests(RequestKind.DATA_WRITE));
  }

  @Test
  void requestCountsForAtLeastFourKibibytes() {
    long least = Metering.thirds(4 * KIB);
    assertEquals(least, Metering.thirdsOf(RequestKind.DATA_READ, 0));
    assertEquals(least, Metering.thirdsOf(RequestKind.DATA_READ, 12 * KIB));
    assertEquals(least + 1, Metering.thirdsOf(RequestKind.DATA_READ, 12 * KIB + 1));
    assertEquals(least, Metering.thirdsOf(RequestKind.DATA_WRITE, 1));
    assertEquals(least, Metering.thirdsOf(RequestKind.DATA_WRITE, 4 * KIB));
    assertEquals(least + 3, Metering.thirdsOf(RequestKind.DATA_WRITE, 4 * KIB + 1));
    assertEquals(least, Metering.thirdsOf(RequestKind.METADATA, 200));
    assertEquals(Metering.thirds(64 * KIB), Metering.thirdsOf(RequestKind.METADATA, 64 * KIB));
  }

  @Test
  void keepingStateCostsNothing() {
    assertEquals(0, Metering.thirdsOf(RequestKind.STATE, 0));
  }

  @Test
  void thirdsOfReadsAddUpWithoutLoss() {
    IoTotals totals = new IoTotals();
    totals.record(RequestKind.DATA_READ, MIB);
    totals.record(RequestKind.DATA_READ, MIB);
    totals.record(RequestKind.DATA_READ, MIB);
    assertEquals(MIB, totals.meteredBytes());
  }

  @Test
  void storageIsMeteredByInodesAndBlocks() {
    assertEquals(6 * KIB, StorageMetering.EMPTY_FILE_SYSTEM_BYTES);
    assertEquals(6 * KIB, StorageMetering.fileSystemBytes(1, 1));
    assertEquals(2 * KIB, StorageMetering.objectBytes(0));
    assertEquals(6 * KIB, StorageMetering.objectBytes(1));
    assertEquals(10 * KIB, StorageMetering.objectBytes(4 * KIB + 1));
    assertEquals(4 * KIB, StorageMetering.dataBytes(StorageMetering.SPECIAL_DATA_BYTES));
  }
}
