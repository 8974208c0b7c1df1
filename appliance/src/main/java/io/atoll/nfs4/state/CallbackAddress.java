package io.atoll.nfs4.state;

/**
 * Where a client of NFSv4.0 takes callbacks, as it says (cb_client4, RFC 7530 §16.33).
 *
 * @param program its RPC program
 * @param netId r_netid: {@code tcp} or {@code tcp6}, or what we can't call
 * @param address r_addr: a universal address (RFC 5665 §5.2.3)
 * @param ident what it tells its clients apart by
 */
public record CallbackAddress(int program, String netId, String address, int ident) {
  /** The longest netid that is read, in bytes. */
  public static final int MAX_NETID_BYTES = 64;

  /** The longest universal address that is read, in bytes. */
  public static final int MAX_ADDRESS_BYTES = 256;

  /** For a client of which we know none. */
  static final CallbackAddress UNKNOWN = new CallbackAddress(0, "", "", 0);
}
