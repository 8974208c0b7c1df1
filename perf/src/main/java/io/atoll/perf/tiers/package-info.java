/** Shows that throughput modes hold: on a real node, and by a simulated clock over days. */
package io.atoll.perf.tiers;
