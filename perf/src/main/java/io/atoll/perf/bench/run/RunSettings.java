package io.atoll.perf.bench.run;

import io.atoll.perf.bench.client.ClientSettings;

/**
 * What is the same for all loads of a run.
 *
 * @param loops event loops of the client
 * @param ring whether they are on io_uring
 * @param hangNanos after so long without any answer to what was asked, the server hangs
 * @param rounds of each load on each server
 * @param keep whether what was made on servers stays there
 */
public record RunSettings(
    int loops, boolean ring, long hangNanos, ClientSettings client, int rounds, boolean keep) {}
