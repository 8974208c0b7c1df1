package io.atoll.modes.admission;

import io.atoll.io.loop.Loop;

/**
 * A request of a connection on another loop than the file system's home loop: it goes there, asks,
 * waits if need be, and comes back. Allocates nothing but what {@link Loop#execute} does. Submitted
 * again when it has come back.
 */
public abstract class ForwardedRequest {

  private final Admission admission;
  private final Loop home;
  private final Loop origin;
  private final Runnable ask = this::ask;
  private final Runnable comeBack = this::comeBack;
  private final AdmissionRequest atHome =
      new AdmissionRequest() {
        @Override
        protected void admitted() {
          origin.execute(comeBack);
        }
      };

  // Written before a hop and read after it, which orders them.
  private AdmissionClient client;
  private long costThirds;
  private Admittance end;

  /**
   * @param home the admission's loop
   * @param origin the loop that submits, and is told
   */
  protected ForwardedRequest(Admission admission, Loop home, Loop origin) {
    this.admission = admission;
    this.home = home;
    this.origin = origin;
  }

  /**
   * Asks; {@link #ended} tells, later and exactly once. On the origin's loop.
   *
   * @param forClient the home loop's, here only handed on
   */
  public final void submit(AdmissionClient forClient, long cost) {
    assert origin.inLoop() : "not on the loop that it is to come back to";
    client = forClient;
    costThirds = cost;
    home.execute(ask);
  }

  private void ask() {
    Admittance answer = admission.submit(client, atHome, costThirds);
    end = answer == Admittance.FULL ? Admittance.FULL : Admittance.ADMITTED;
    if (answer != Admittance.QUEUED) {
      origin.execute(comeBack);
    }
  }

  private void comeBack() {
    ended(end);
  }

  /**
   * It may start, or found the queue full. On the origin's loop.
   *
   * @param admittance ADMITTED or FULL
   */
  protected abstract void ended(Admittance admittance);
}
