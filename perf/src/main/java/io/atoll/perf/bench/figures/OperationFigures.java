package io.atoll.perf.bench.figures;

import org.HdrHistogram.Histogram;

/** Of one kind of operation: how many, and how long they took. Confined to one thread. */
public final class OperationFigures {
  /** What takes longer counts as this long. */
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  private static final int DIGITS = 3;

  private final Histogram service = new Histogram(LONGEST_NANOS, DIGITS);
  private final Histogram response = new Histogram(LONGEST_NANOS, DIGITS);
  private long operations;
  private long bytes;
  private long items;

  void time(long serviceNanos, long responseNanos) {
    service.recordValue(Math.clamp(serviceNanos, 0, LONGEST_NANOS));
    response.recordValue(Math.clamp(responseNanos, 0, LONGEST_NANOS));
  }

  void count(long operationBytes, long operationItems) {
    operations++;
    bytes += operationBytes;
    items += operationItems;
  }

  void add(OperationFigures other) {
    service.add(other.service);
    response.add(other.response);
    operations += other.operations;
    bytes += other.bytes;
    items += other.items;
  }

  /** From when a request was made to when its answer was there. */
  public Histogram service() {
    return service;
  }

  /** From when a request was due to when its answer was there; the same in a closed loop. */
  public Histogram response() {
    return response;
  }

  public long operations() {
    return operations;
  }

  public long bytes() {
    return bytes;
  }

  /** What operations gave several of, such as directory entries. */
  public long items() {
    return items;
  }
}
