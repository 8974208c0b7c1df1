/** What is counted and timed while a load runs, and what it comes to. */
package io.atoll.perf.bench.figures;
