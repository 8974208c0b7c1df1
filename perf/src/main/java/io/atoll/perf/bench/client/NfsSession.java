package io.atoll.perf.bench.client;

/**
 * A session as CREATE_SESSION gave it (RFC 8881, section 18.36). Immutable; its slots are divided
 * among connections, so that nothing of it is shared between loops.
 *
 * @param clientId whose it is
 * @param slots requests that it can have in flight
 * @param maxRequestBytes of a call with its header
 * @param maxResponseBytes of a reply with its header
 */
public record NfsSession(
    long clientId, long idHigh, long idLow, int slots, int maxRequestBytes, int maxResponseBytes) {

  /** The RPC header, SEQUENCE and PUTFH around a READ's or WRITE's data, generously. */
  private static final int OVERHEAD_BYTES = 512;

  /** The most data that one READ or WRITE can carry. */
  public int maxDataBytes() {
    return Math.min(maxRequestBytes, maxResponseBytes) - OVERHEAD_BYTES;
  }
}
