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

  /** Whether not even a lone SEQUENCE could pass a fore channel: NFS4ERR_TOOSMALL. */
  boolean isTooSmall() {
    return Integer.compareUnsigned(maxRequestBytes, SessionLimits.MIN_REQUEST_BYTES) < 0
        || Integer.compareUnsigned(maxResponseBytes, SessionLimits.MIN_RESPONSE_BYTES) < 0
        || maxOperations == 0
        || maxRequests == 0;
  }

  /**
   * Whether no callback could pass a back channel: NFS4ERR_TOOSMALL. A client that wants none may
   * have no slots, but not slots that are of no use.
   */
  boolean isTooSmallForCallbacks() {
    return Integer.compareUnsigned(maxRequestBytes, SessionLimits.MIN_CALLBACK_REQUEST_BYTES) < 0
        || Integer.compareUnsigned(maxResponseBytes, SessionLimits.MIN_CALLBACK_RESPONSE_BYTES) < 0
        || Integer.compareUnsigned(maxOperations, SessionLimits.MIN_CALLBACK_OPERATIONS) < 0;
  }

  /**
   * These as a back channel's, which has few slots and no reply cache: no callback is one that must
   * not be done twice. The other sizes are the client's own, as Linux refuses a back channel whose
   * responses are to be shorter than it said.
   */
  ChannelAttributes asBackChannel(SessionLimits limits) {
    return new ChannelAttributes(
        min(maxRequestBytes, limits.maxRequestBytes()),
        min(maxResponseBytes, limits.maxResponseBytes()),
        0,
        min(maxOperations, limits.maxOperations()),
        min(maxRequests, BackChannel.MAX_SLOTS));
  }

  /** These, lowered to what {@code limits} allow; never raised. */
  ChannelAttributes boundedBy(SessionLimits limits) {
    return new ChannelAttributes(
        min(maxRequestBytes, limits.maxRequestBytes()),
        min(maxResponseBytes, limits.maxResponseBytes()),
        min(maxCachedResponseBytes, limits.maxCachedReplyBytes()),
        min(maxOperations, limits.maxOperations()),
        min(maxRequests, limits.maxSlots()));
  }

  ChannelAttributes withRequests(int slots) {
    return new ChannelAttributes(
        maxRequestBytes, maxResponseBytes, maxCachedResponseBytes, maxOperations, slots);
  }

  private static int min(int wanted, int bound) {
    return Integer.compareUnsigned(wanted, bound) < 0 ? wanted : bound;
  }
}
