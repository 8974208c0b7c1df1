package io.atoll.perf.bench.figures;

import java.util.OptionalLong;

/** Measures a process's CPU between two moments, and its memory in between. Not thread-safe. */
public final class UsageMeter {
  private final ProcessUsage process;
  private OptionalLong cpuAtStart = OptionalLong.empty();
  private OptionalLong cpuAtEnd = OptionalLong.empty();
  private long residentMaxBytes;

  public UsageMeter(long pid) {
    process = new ProcessUsage(pid);
  }

  public void start() {
    cpuAtStart = process.cpuNanos();
    sample();
  }

  /** To be called now and then, to see how much memory there is at most. */
  public void sample() {
    process
        .residentBytes()
        .ifPresent(bytes -> residentMaxBytes = Math.max(residentMaxBytes, bytes));
  }

  public void end() {
    cpuAtEnd = process.cpuNanos();
    sample();
  }

  /** CPU between start and end; negative if the process was not there at both. */
  public long cpuNanos() {
    return cpuAtStart.isPresent() && cpuAtEnd.isPresent()
        ? cpuAtEnd.getAsLong() - cpuAtStart.getAsLong()
        : -1;
  }

  public long residentMaxBytes() {
    return residentMaxBytes;
  }
}
