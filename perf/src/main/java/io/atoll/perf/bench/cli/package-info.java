/** The command {@code atoll bench}. */
package io.atoll.perf.bench.cli;
