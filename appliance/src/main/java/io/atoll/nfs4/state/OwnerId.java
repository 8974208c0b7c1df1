package io.atoll.nfs4.state;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The opaque name of a client owner, open-owner or lock-owner (RFC 8881 §3.3.10); immutable.
 * Ordered, so that a hash table finds it in logarithmic time even among names that a client chose
 * for their equal hashes.
 */
public final class OwnerId implements Comparable<OwnerId> {
  /** NFS4_OPAQUE_LIMIT: the longest name. */
  public static final int MAX_BYTES = 1024;

  private static final int SHOWN_BYTES = 16;

  private final byte[] bytes;
  private final int hash;

  /**
   * @param bytes taken over, not to be changed; at most {@value #MAX_BYTES}
   */
  public OwnerId(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "owner of %d bytes is longer than %d".formatted(bytes.length, MAX_BYTES));
    }
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** Not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OwnerId that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** By length, then by unsigned bytes. */
  @Override
  public int compareTo(OwnerId other) {
    int byLength = Integer.compare(bytes.length, other.bytes.length);
    return byLength != 0 ? byLength : Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    int shown = Math.min(bytes.length, SHOWN_BYTES);
    return HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "…" : "");
  }
}
