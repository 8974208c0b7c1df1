package io.atoll.modes.admission;

/**
 * How many requests may wait. Between where reading stops and {@code maxQueuedRequests} is room for
 * what sockets had brought already.
 *
 * @param stopReadingAtRequests of one client wait: its sockets are read no more, until half of them
 *     are admitted. At least what a session has slots, so that a client which keeps to them is
 *     never stopped
 * @param crowdedAtRequests of all clients wait: whoever adds one is read no more until all of its
 *     own are admitted
 * @param maxQueuedRequests of all clients; the bound
 */
public record AdmissionLimits(
    int stopReadingAtRequests, int crowdedAtRequests, int maxQueuedRequests) {

  public static final AdmissionLimits DEFAULT = new AdmissionLimits(1024, 64 << 10, 256 << 10);

  public AdmissionLimits {
    if (stopReadingAtRequests < 1) {
      throw new IllegalArgumentException(
          "stopReadingAtRequests " + stopReadingAtRequests + ": must be at least 1");
    }
    if (crowdedAtRequests < stopReadingAtRequests) {
      throw new IllegalArgumentException(
          "crowdedAtRequests "
              + crowdedAtRequests
              + ": must be at least stopReadingAtRequests, "
              + stopReadingAtRequests);
    }
    if (maxQueuedRequests < crowdedAtRequests) {
      throw new IllegalArgumentException(
          "maxQueuedRequests "
              + maxQueuedRequests
              + ": must be at least crowdedAtRequests, "
              + crowdedAtRequests);
    }
  }
}
