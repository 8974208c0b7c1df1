package io.atoll.modes.admission;

/**
 * Something that must be admitted before it has any effect. The object is its own place in the
 * queue, so that waiting allocates nothing: whoever serves one request after the other keeps one of
 * these and submits it again. Confined to the home loop.
 */
public abstract class AdmissionRequest {

  AdmissionRequest next;
  long costThirds;
  boolean waiting;

  /** It may start, having waited. Called once for each submission that was queued. */
  protected abstract void admitted();

  /** Whether it is in the queue. */
  public final boolean isWaiting() {
    return waiting;
  }
}
