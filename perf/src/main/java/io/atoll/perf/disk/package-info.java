/** Benchmarks of the engine's disk I/O: run by hand, never part of a test. */
package io.atoll.perf.disk;
