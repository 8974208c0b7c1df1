package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;

/** What SEQUENCE finds of a request (RFC 8881 §2.10.6.1, §18.46.3). */
public enum SequenceVerdict {
  /** Execute it: the slot is to be taken. */
  NEW(Nfs4Status.OK),
  /** Answer with the kept reply, and do nothing. */
  REPLAY(Nfs4Status.OK),
  /** A retry whose reply was not kept, as the client wished; for the operation that follows. */
  UNCACHED(Nfs4Status.RETRY_UNCACHED_REP),
  /** A retry while the original runs (§2.10.6.2). */
  STILL_RUNNING(Nfs4Status.DELAY),
  FALSE_RETRY(Nfs4Status.SEQ_FALSE_RETRY),
  MISORDERED(Nfs4Status.SEQ_MISORDERED),
  BAD_SLOT(Nfs4Status.BADSLOT),
  BAD_HIGH_SLOT(Nfs4Status.BAD_HIGH_SLOT),
  TOO_MANY_OPERATIONS(Nfs4Status.TOO_MANY_OPS),
  REQUEST_TOO_BIG(Nfs4Status.REQ_TOO_BIG);

  private final Nfs4Status status;

  SequenceVerdict(Nfs4Status status) {
    this.status = status;
  }

  public Nfs4Status status() {
    return status;
  }
}
