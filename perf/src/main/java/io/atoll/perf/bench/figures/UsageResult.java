package io.atoll.perf.bench.figures;

/**
 * What a process used while a run was measured.
 *
 * @param cpuPercent of one processor
 * @param cpuMicrosPerOperation CPU time divided by operations
 * @param residentMaxBytes the most memory that it had
 * @param readBytesPerOperation what it had disks read; null if that is not known
 * @param writtenBytesPerOperation what it had disks write; null if that is not known
 */
public record UsageResult(
    double cpuPercent,
    double cpuMicrosPerOperation,
    long residentMaxBytes,
    Double readBytesPerOperation,
    Double writtenBytesPerOperation) {

  /** Null if the process was not there all the time. */
  public static UsageResult of(UsageMeter meter, double seconds, long operations) {
    if (meter.cpuNanos() < 0 || seconds <= 0) {
      return null;
    }
    return new UsageResult(
        meter.cpuNanos() / 1e7 / seconds,
        operations == 0 ? 0 : meter.cpuNanos() / 1e3 / operations,
        meter.residentMaxBytes(),
        share(meter.readBytes(), operations),
        share(meter.writtenBytes(), operations));
  }

  private static Double share(long bytes, long operations) {
    return bytes < 0 || operations == 0 ? null : (double) bytes / operations;
  }
}
