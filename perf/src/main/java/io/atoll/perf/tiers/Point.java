package io.atoll.perf.tiers;

/**
 * A file system's throughput at one moment, or over the time since the point before.
 *
 * @param seconds since the begin
 * @param usedBytesPerSecond metered, since the point before
 * @param permittedBytesPerSecond as of then
 * @param creditBytes as of then
 */
public record Point(
    double seconds,
    double usedBytesPerSecond,
    double permittedBytesPerSecond,
    double creditBytes) {}
