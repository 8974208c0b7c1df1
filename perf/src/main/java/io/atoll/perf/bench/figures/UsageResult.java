package io.atoll.perf.bench.figures;

/**
 * What a process used while a run was measured.
 *
 * @param cpuPercent of one processor
 * @param cpuMicrosPerOperation CPU time divided by operations
 * @param residentMaxBytes the most memory that was seen
 */
public record UsageResult(double cpuPercent, double cpuMicrosPerOperation, long residentMaxBytes) {

  /** Null if the process was not there all the time. */
  public static UsageResult of(UsageMeter meter, double seconds, long operations) {
    if (meter.cpuNanos() < 0 || seconds <= 0) {
      return null;
    }
    return new UsageResult(
        meter.cpuNanos() / 1e7 / seconds,
        operations == 0 ? 0 : meter.cpuNanos() / 1e3 / operations,
        meter.residentMaxBytes());
  }
}
