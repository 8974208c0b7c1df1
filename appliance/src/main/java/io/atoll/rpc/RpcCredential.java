package io.atoll.rpc;

/**
 * Who a call says it is from (RFC 5531, section 8.2). Kept as long as the connection, and the same
 * object for the same bytes as far as the connection's small cache reaches.
 *
 * @param flavor {@link #AUTH_NONE} or {@link #AUTH_SYS}
 * @param uid unsigned 32-bit; of AUTH_SYS only
 * @param gid unsigned 32-bit; of AUTH_SYS only
 * @param groups supplementary groups, at most {@link #MAX_GROUPS}; not to be changed
 */
public record RpcCredential(int flavor, int uid, int gid, int[] groups) {
  public static final int AUTH_NONE = 0;
  public static final int AUTH_SYS = 1;

  /** RFC 5531, appendix A. */
  public static final int MAX_GROUPS = 16;

  /** RFC 5531, appendix A. */
  public static final int MAX_MACHINE_NAME_BYTES = 255;

  /** RFC 5531, section 8.2: the most bytes of a credential's or verifier's body. */
  public static final int MAX_BODY_BYTES = 400;

  private static final int[] NO_GROUPS = {};

  public static final RpcCredential NONE = new RpcCredential(AUTH_NONE, 0, 0, NO_GROUPS);
}
