package io.atoll.perf.bench.figures;

import java.util.OptionalLong;

/** Measures a process's CPU between two moments, and its memory in between. Not thread-safe. */
public final class UsageMeter {
  private final ProcessUsage process;
  private OptionalLong cpuAtStart = OptionalLong.empty();
  private OptionalLong cpuAtEnd = OptionalLong.empty();
  private ProcessUsage.DiskBytes diskAtStart = ProcessUsage.DiskBytes.UNKNOWN;
  private ProcessUsage.DiskBytes diskAtEnd = ProcessUsage.DiskBytes.UNKNOWN;
  private long residentMaxBytes;

  public UsageMeter(long pid) {
    process = new ProcessUsage(pid);
  }

  public void start() {
    process.resetResidentPeak();
    cpuAtStart = process.cpuNanos();
    diskAtStart = process.diskBytes();
    sample();
  }

  /** To be called now and then, where the kernel does not tell how much memory it was at most. */
  public void sample() {
    process
        .residentPeakBytes()
        .ifPresent(bytes -> residentMaxBytes = Math.max(residentMaxBytes, bytes));
  }

  public void end() {
    cpuAtEnd = process.cpuNanos();
    diskAtEnd = process.diskBytes();
    sample();
  }

  /** CPU between start and end; negative if the process was not there at both. */
  public long cpuNanos() {
    return cpuAtStart.isPresent() && cpuAtEnd.isPresent()
        ? cpuAtEnd.getAsLong() - cpuAtStart.getAsLong()
        : -1;
  }

  /** What disks read for it between start and end; negative if that is not known. */
  public long readBytes() {
    return isDiskKnown() ? diskAtEnd.read() - diskAtStart.read() : -1;
  }

  /** What disks wrote for it between start and end; negative if that is not known. */
  public long writtenBytes() {
    return isDiskKnown() ? diskAtEnd.written() - diskAtStart.written() : -1;
  }

  private boolean isDiskKnown() {
    return diskAtStart.isKnown() && diskAtEnd.isKnown();
  }

  public long residentMaxBytes() {
    return residentMaxBytes;
  }
}
