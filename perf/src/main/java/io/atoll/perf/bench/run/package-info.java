/** Runs loads on servers: prepares, measures, watches, checks, cleans up. */
package io.atoll.perf.bench.run;
