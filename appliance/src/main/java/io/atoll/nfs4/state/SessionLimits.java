package io.atoll.nfs4.state;

/**
 * What CREATE_SESSION negotiates a fore channel down to (RFC 8881 §18.36.3). A session's reply
 * cache takes at most slots × cached reply; the sum over all sessions keeps below {@code
 * replyCacheBytes}: sessions get fewer slots as it fills up, and at last NFS4ERR_NOSPC.
 *
 * @param maxSessionsPerClient more get NFS4ERR_NOSPC
 * @param maxSlots requests in flight of one session
 * @param maxOperations of one compound
 * @param maxRequestBytes of one RPC call with its header
 * @param maxResponseBytes of one RPC reply with its header
 * @param maxCachedReplyBytes the longest reply that a slot keeps
 * @param replyCacheBytes of all sessions together
 */
public record SessionLimits(
    int maxSessionsPerClient,
    int maxSlots,
    int maxOperations,
    int maxRequestBytes,
    int maxResponseBytes,
    int maxCachedReplyBytes,
    long replyCacheBytes) {

  /** Room for the RPC header and the other operations around 1 MiB of payload. */
  public static final int OVERHEAD_BYTES = 4 << 10;

  /** 1 MiB of payload; Amazon's proxies refuse fragments over 1 MiB + 4 KiB. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(
          16,
          64,
          64,
          (1 << 20) + OVERHEAD_BYTES,
          (1 << 20) + OVERHEAD_BYTES,
          8 << 10,
          replyCacheBytesOf(Runtime.getRuntime().maxMemory()));

  /** Reply caches are on the heap: at most a quarter of it. */
  private static long replyCacheBytesOf(long maxHeapBytes) {
    return Math.min(128L << 20, maxHeapBytes / 4);
  }

  /**
   * The shortest SEQUENCE call: RPC header 24, two empty AUTH_NONE 16, compound 12, operation 36.
   */
  public static final int MIN_REQUEST_BYTES = 88;

  /** The reply to it: RPC header 24, compound 12, operation 44. */
  public static final int MIN_RESPONSE_BYTES = 80;

  /** A lone CB_SEQUENCE call: RPC header 24, two empty AUTH_NONE 16, compound 16, operation 40. */
  public static final int MIN_CALLBACK_REQUEST_BYTES = 96;

  /** The reply to it: RPC header 24, compound 12, operation 44. */
  public static final int MIN_CALLBACK_RESPONSE_BYTES = 80;

  /** CB_SEQUENCE, and what is called back for. */
  public static final int MIN_CALLBACK_OPERATIONS = 2;
}
