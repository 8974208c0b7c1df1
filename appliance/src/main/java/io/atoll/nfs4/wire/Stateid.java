package io.atoll.nfs4.wire;

import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * A stateid4: names open or lock state (RFC 8881, section 8.2).
 *
 * @param seqid rises with each change of the state; 0 means the latest
 * @param otherHigh the first 8 of the 12 bytes that name the state
 * @param otherLow the last 4
 */
public record Stateid(int seqid, long otherHigh, int otherLow) {
  /** Size on the wire. */
  public static final int BYTES = 16;

  /** All zero: no state, subject to share reservations (section 8.2.3). */
  public static final Stateid ANONYMOUS = new Stateid(0, 0, 0);

  /** All one: no state, and for READ past all reservations (section 8.2.3). */
  public static final Stateid READ_BYPASS = new Stateid(-1, -1, -1);

  /** Stands for the compound's current stateid (section 8.2.3). */
  public static final Stateid CURRENT = new Stateid(1, 0, 0);

  /** Never valid; set aside for TEST_STATEID and the like (section 8.2.3). */
  public static final Stateid INVALID = new Stateid(-1, 0, 0);

  public static Stateid decode(XdrReader reader) {
    int seqid = reader.int32();
    long high = reader.int64();
    int low = reader.int32();
    return new Stateid(seqid, high, low);
  }

  public void encode(XdrWriter writer) {
    writer.int32(seqid);
    writer.int64(otherHigh);
    writer.int32(otherLow);
  }

  public boolean isAnonymous() {
    return equals(ANONYMOUS);
  }

  public boolean isReadBypass() {
    return equals(READ_BYPASS);
  }

  /** Whether the 12 bytes are all zero or all one, and so name no state in any minor version. */
  public boolean isSpecialInOther() {
    return (otherHigh == 0 && otherLow == 0) || (otherHigh == -1 && otherLow == -1);
  }

  public boolean isCurrent() {
    return equals(CURRENT);
  }

  public Stateid withSeqid(int newSeqid) {
    return new Stateid(newSeqid, otherHigh, otherLow);
  }
}
