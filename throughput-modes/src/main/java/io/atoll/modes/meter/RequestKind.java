package io.atoll.modes.meter;

/** What a request is, as far as metering is concerned. */
public enum RequestKind {
  /** A READ: metered at a third of its bytes. */
  DATA_READ,

  /** A WRITE: metered in full. */
  DATA_WRITE,

  /** Whatever else reads or changes a file system: metered in full. */
  METADATA,

  /**
   * What keeps, returns or reclaims a client's state: SEQUENCE alone, RENEW, CLOSE, LOCKU,
   * FREE_STATEID, RECLAIM_COMPLETE, reclaiming OPEN and LOCK, and the setting up and ending of
   * clients and sessions. Not metered, and so never made to wait: a throttled client loses neither
   * its lease nor another's time.
   */
  STATE
}
