package io.atoll.modes.admission;

/** What becomes of a request that asks to start. */
public enum Admittance {
  /** It may start now. */
  ADMITTED,

  /** It waits; {@link AdmissionRequest#admitted} tells when it may start. */
  QUEUED,

  /**
   * It neither starts nor waits: {@link AdmissionLimits#maxQueuedRequests} wait already, whoever
   * was asked to stop reading did not. Answered NFS4ERR_DELAY.
   */
  FULL
}
