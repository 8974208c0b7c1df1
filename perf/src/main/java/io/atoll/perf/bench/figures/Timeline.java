package io.atoll.perf.bench.figures;

/** How much was done in each interval of a run. Confined to one thread. */
public final class Timeline {
  private static final int INTERVALS_MAX = 4000;
  private static final int INTERVALS_WANTED = 120;
  private static final long INTERVAL_NANOS_MIN = 100_000_000;

  private final long fromNanos;
  private final long intervalNanos;
  private final long[] operations;
  private final long[] bytes;
  private final long[] longestNanos;

  Timeline(Window window) {
    fromNanos = window.fromNanos();
    long measured = Math.max(1, window.measuredNanos());
    intervalNanos = Math.max(INTERVAL_NANOS_MIN, measured / INTERVALS_WANTED);
    int count = (int) Math.min(INTERVALS_MAX, (measured + intervalNanos - 1) / intervalNanos);
    operations = new long[count];
    bytes = new long[count];
    longestNanos = new long[count];
  }

  void count(long endedNanos, long operationBytes, long tookNanos) {
    int i = (int) Math.min(operations.length - 1, (endedNanos - fromNanos) / intervalNanos);
    operations[i]++;
    bytes[i] += operationBytes;
    longestNanos[i] = Math.max(longestNanos[i], tookNanos);
  }

  void add(Timeline other) {
    for (int i = 0; i < operations.length; i++) {
      operations[i] += other.operations[i];
      bytes[i] += other.bytes[i];
      longestNanos[i] = Math.max(longestNanos[i], other.longestNanos[i]);
    }
  }

  public long intervalNanos() {
    return intervalNanos;
  }

  public int intervals() {
    return operations.length;
  }

  public long operations(int interval) {
    return operations[interval];
  }

  public long bytes(int interval) {
    return bytes[interval];
  }

  /** The longest that an operation took which ended in {@code interval}. */
  public long longestNanos(int interval) {
    return longestNanos[interval];
  }
}
