package io.atoll.modes.meter;

/**
 * Requests and bytes since the file system was opened, by kind: what EFS's metrics DataReadIOBytes,
 * DataWriteIOBytes, MetadataIOBytes, TotalIOBytes and MeteredIOBytes are made of. Loop-confined;
 * recording allocates nothing.
 */
public final class IoTotals {

  private static final int KINDS = RequestKind.values().length;

  private final long[] requests = new long[KINDS];
  private final long[] bytes = new long[KINDS];
  private long meteredThirds;

  /** Counts a request that has moved so many bytes of payload. */
  public void record(RequestKind kind, long movedBytes) {
    requests[kind.ordinal()]++;
    bytes[kind.ordinal()] += movedBytes;
    meteredThirds += Metering.thirdsOf(kind, movedBytes);
  }

  public long requests(RequestKind kind) {
    return requests[kind.ordinal()];
  }

  public long bytes(RequestKind kind) {
    return bytes[kind.ordinal()];
  }

  /** Of all kinds. */
  public long totalBytes() {
    long sum = 0;
    for (long each : bytes) {
      sum += each;
    }
    return sum;
  }

  /** Of all kinds, as they are metered. */
  public long meteredBytes() {
    return Metering.bytes(meteredThirds);
  }
}
