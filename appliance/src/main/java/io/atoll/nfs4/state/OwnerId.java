package io.atoll.nfs4.state;

import java.util.Arrays;
import java.util.HexFormat;

/** The opaque name of a client owner, open-owner or lock-owner (RFC 8881 §3.3.10); immutable. */
public final class OwnerId {
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

  @Override
  public String toString() {
    int shown = Math.min(bytes.length, SHOWN_BYTES);
    return HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "…" : "");
  }
}
