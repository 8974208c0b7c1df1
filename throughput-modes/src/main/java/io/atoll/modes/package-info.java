/**
 * The arithmetic of throughput modes: metering, credits, buckets and admission. Pure and driven by
 * an injected clock; no I/O but the ledger.
 */
package io.atoll.modes;
