package io.atoll.nfs4.state;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The opaque name of a client owner, open-owner or lock-owner (RFC 8881 §3.3.10, RFC 7530 §2.2.12);
 * immutable. Ordered, so that a hash table finds it in logarithmic time even among names that a
 * client chose for their equal hashes.
 *
 * <p>Clients are named apart by minor version: an nfs_client_id4 and a client_owner4 of the same
 * bytes are two clients.
 */
public final class OwnerId implements Comparable<OwnerId> {
  /** NFS4_OPAQUE_LIMIT: the longest name. */
  public static final int MAX_BYTES = 1024;

  private static final int SHOWN_BYTES = 16;

  private final byte[] bytes;
  private final int minorVersion;
  private final int hash;

  /**
   * @param bytes taken over, not to be changed; at most {@value #MAX_BYTES}
   */
  public OwnerId(byte[] bytes) {
    this(bytes, 1);
  }

  private OwnerId(byte[] bytes, int minorVersion) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "owner of %d bytes is longer than %d".formatted(bytes.length, MAX_BYTES));
    }
    this.bytes = bytes;
    this.minorVersion = minorVersion;
    this.hash = Arrays.hashCode(bytes) + minorVersion;
  }

  /**
   * The name of a client of NFSv4.0, nfs_client_id4.id.
   *
   * @param bytes taken over, not to be changed; at most {@value #MAX_BYTES}
   */
  public static OwnerId ofClient40(byte[] bytes) {
    return new OwnerId(bytes, 0);
  }

  /** 0 for a client of NFSv4.0; 1 for later ones', and for owners within a client. */
  public int minorVersion() {
    return minorVersion;
  }

  /** Not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OwnerId that
        && minorVersion == that.minorVersion
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** By minor version, then by length, then by unsigned bytes. */
  @Override
  public int compareTo(OwnerId other) {
    int order = Integer.compare(minorVersion, other.minorVersion);
    if (order == 0) {
      order = Integer.compare(bytes.length, other.bytes.length);
    }
    return order != 0 ? order : Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    int shown = Math.min(bytes.length, SHOWN_BYTES);
    return HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "…" : "");
  }
}
