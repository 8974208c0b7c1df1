package io.atoll.perf.bench.client;

import io.atoll.xdr.XdrReader;

/** A stateid4 that OPEN gave (RFC 8881, section 8.2); filled again by the next OPEN of its user. */
public final class OpenStateid {
  private int seqid;
  private long otherHigh;
  private int otherLow;

  void read(XdrReader reader) {
    seqid = reader.int32();
    otherHigh = reader.int64();
    otherLow = reader.int32();
  }

  int seqid() {
    return seqid;
  }

  long otherHigh() {
    return otherHigh;
  }

  int otherLow() {
    return otherLow;
  }
}
