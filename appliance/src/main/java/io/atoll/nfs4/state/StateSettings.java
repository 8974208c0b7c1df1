package io.atoll.nfs4.state;

/**
 * @param leaseSeconds how long a client's state is safe without a word from it
 * @param graceSeconds how long after a start only reclaims are served; longer than the lease, so
 *     that a client that renews each lease notices the restart in time; up to twice the lease if
 *     clients are reclaiming then
 * @param courtesySeconds how long past its lease a silent client's state is kept if nobody wants it
 */
public record StateSettings(
    int leaseSeconds,
    int graceSeconds,
    int courtesySeconds,
    StateLimits limits,
    SessionLimits sessionLimits) {
  /** What grace is longer than the lease, for reconnecting and the reclaim itself. */
  public static final int GRACE_SLACK_SECONDS = 4;

  /** A day, as Linux's server has it. */
  public static final int DEFAULT_COURTESY_SECONDS = 24 * 60 * 60;

  public StateSettings {
    if (leaseSeconds < 1 || graceSeconds < leaseSeconds || courtesySeconds < 0) {
      throw new IllegalArgumentException(
          "leaseSeconds=%d must be at least 1, graceSeconds=%d not below it, courtesySeconds=%d not negative"
              .formatted(leaseSeconds, graceSeconds, courtesySeconds));
    }
  }

  /** Usual times around a lease. */
  public static StateSettings of(int leaseSeconds, StateLimits limits) {
    return new StateSettings(
        leaseSeconds,
        leaseSeconds + GRACE_SLACK_SECONDS,
        DEFAULT_COURTESY_SECONDS,
        limits,
        SessionLimits.DEFAULT);
  }
}
