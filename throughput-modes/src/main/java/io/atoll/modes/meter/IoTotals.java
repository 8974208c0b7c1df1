package io.atoll.modes.meter;

import java.util.EnumMap;

/**
 * Requests and bytes since the file system was opened, by kind: what EFS's metrics DataReadIOBytes,
 * DataWriteIOBytes, MetadataIOBytes, TotalIOBytes and MeteredIOBytes are made of. Loop-confined;
 * recording allocates nothing.
 */
public final class IoTotals {

  private static final class Sum {
    private long requests;
    private long bytes;
  }

  private final EnumMap<RequestKind, Sum> sums = new EnumMap<>(RequestKind.class);
  private long totalBytes;
  private long meteredThirds;

  public IoTotals() {
    for (RequestKind kind : RequestKind.values()) {
      sums.put(kind, new Sum());
    }
  }

  /** Counts a request that has moved so many bytes of payload. */
  public void record(RequestKind kind, long movedBytes) {
    Sum sum = sums.get(kind);
    sum.requests++;
    sum.bytes += movedBytes;
    totalBytes += movedBytes;
    meteredThirds += Metering.thirdsOf(kind, movedBytes);
  }

  public long requests(RequestKind kind) {
    return sums.get(kind).requests;
  }

  public long bytes(RequestKind kind) {
    return sums.get(kind).bytes;
  }

  /** Of all kinds. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Of all kinds, as they are metered. */
  public long meteredBytes() {
    return Metering.bytes(meteredThirds);
  }
}
