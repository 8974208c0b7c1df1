/**
 * Throughput as EFS gives it out: one {@link io.atoll.modes.FileSystemThroughput} for each file
 * system puts metering, credits, admission and the ledger together. Driven by a loop's clocks; no
 * I/O but the ledger.
 */
package io.atoll.modes;
