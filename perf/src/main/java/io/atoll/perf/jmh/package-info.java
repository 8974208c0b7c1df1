/** Microbenchmarks of what runs for each NFS operation; {@code ./atoll perf jmh} runs them. */
package io.atoll.perf.jmh;
