/**
 * Servers that the harness starts for a run and ends with it: on loopback, on ports of their own,
 * with their data in a folder of the run. Only what was started here is ended, by its process.
 */
package io.atoll.perf.bench.peer;
