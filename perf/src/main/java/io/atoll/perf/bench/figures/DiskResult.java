package io.atoll.perf.bench.figures;

/**
 * What a disk did while a run was measured, for each operation of the load. It is all that the disk
 * did: the server's share of it where nobody else uses the disk.
 */
public record DiskResult(
    double readsPerOperation, double writesPerOperation, double flushesPerOperation) {}
