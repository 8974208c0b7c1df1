package io.atoll.modes.admission;

/**
 * One of those who share a file system's rate fairly: an NFS client, by its client ID, with all of
 * its connections. Confined to the home loop. Nothing refers to one without waiting requests, so
 * that who vanishes is just let go of.
 *
 * <p>A client some of whose requests wait is alive: its lease must not expire while {@link
 * #isWaiting}, since the renewals behind them may not have been read.
 */
public final class AdmissionClient {

  private final ReadingGate gate;

  // The requests that wait, in order.
  private AdmissionRequest first;
  private AdmissionRequest last;
  private int queued;

  /** What it has been given, by the share clock; see {@link FairOrder}. */
  long accountThirds;

  /** The one behind it, where it stands in line. */
  AdmissionClient behind;

  private boolean stopped;
  private int resumeAtRequests;

  /**
   * @param gate stops and resumes the reading of its sockets
   */
  public AdmissionClient(ReadingGate gate) {
    this.gate = gate;
  }

  /** The back-pressure to a client's sockets. */
  @FunctionalInterface
  public interface ReadingGate {
    /**
     * Reading is to stop, or may go on; called on the home loop, and only when that changes.
     *
     * @param open whether its sockets are to be read
     */
    void reading(boolean open);
  }

  /** What stops and resumes the reading of its sockets. */
  public ReadingGate gate() {
    return gate;
  }

  /** Whether any of its requests wait. */
  public boolean isWaiting() {
    return queued > 0;
  }

  /** How many of its requests wait. */
  public int queuedRequests() {
    return queued;
  }

  /** Whether its sockets are not to be read for now. */
  public boolean isStopped() {
    return stopped;
  }

  void append(AdmissionRequest request) {
    if (last == null) {
      first = request;
    } else {
      last.next = request;
    }
    last = request;
    queued++;
  }

  /** What the longest waiting one counts for. */
  long firstCostThirds() {
    return first.costThirds;
  }

  /** The longest waiting one, which is in the queue no more. */
  AdmissionRequest poll() {
    AdmissionRequest polled = first;
    first = polled.next;
    if (first == null) {
      last = null;
    }
    polled.next = null;
    queued--;
    return polled;
  }

  /** Reading stops until no more than so many wait. */
  void stop(int resumeAt) {
    if (!stopped) {
      stopped = true;
      resumeAtRequests = resumeAt;
      gate.reading(false);
    } else {
      resumeAtRequests = Math.min(resumeAtRequests, resumeAt);
    }
  }

  void resumeIfDrained() {
    if (stopped && queued <= resumeAtRequests) {
      stopped = false;
      gate.reading(true);
    }
  }
}
