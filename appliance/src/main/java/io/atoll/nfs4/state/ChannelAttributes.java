package io.atoll.nfs4.state;

/**
 * A channel's limits (channel_attrs4, RFC 8881 §18.36.1), all unsigned 32-bit; header padding is
 * always negotiated to 0 and RDMA to none.
 *
 * @param maxRequestBytes ca_maxrequestsize
 * @param maxResponseBytes ca_maxresponsesize
 * @param maxCachedResponseBytes ca_maxresponsesize_cached
 * @param maxOperations ca_maxoperations
 * @param maxRequests ca_maxrequests: the number of slots
 */
public record ChannelAttributes(
    int maxRequestBytes,
    int maxResponseBytes,
    int maxCachedResponseBytes,
    int maxOperations,
    int maxRequests) {

  /** Whether not even a lone SEQUENCE could pass: NFS4ERR_TOOSMALL. */
  boolean isTooSmall() {
    return Integer.compareUnsigned(maxRequestBytes, SessionLimits.MIN_REQUEST_BYTES) < 0
        || Integer.compareUnsigned(maxResponseBytes, SessionLimits.MIN_RESPONSE_BYTES) < 0
        || maxOperations == 0;
  }

  /** These, lowered to what {@code limits} allow; never raised. */
  ChannelAttributes boundedBy(SessionLimits limits) {
    return new ChannelAttributes(
        min(maxRequestBytes, limits.maxRequestBytes()),
        min(maxResponseBytes, limits.maxResponseBytes()),
        min(maxCachedResponseBytes, limits.maxCachedReplyBytes()),
        min(maxOperations, limits.maxOperations()),
        Math.max(1, min(maxRequests, limits.maxSlots())));
  }

  ChannelAttributes withRequests(int slots) {
    return new ChannelAttributes(
        maxRequestBytes, maxResponseBytes, maxCachedResponseBytes, maxOperations, slots);
  }

  private static int min(int wanted, int bound) {
    return Integer.compareUnsigned(wanted, bound) < 0 ? wanted : bound;
  }
}
