package io.atoll.figures;

import java.util.concurrent.atomic.AtomicLong;

/** How long a file system's requests take, and with what. Written by its home loop alone. */
public final class RequestFigures {
  /** Operations have numbers below. */
  public static final int OPERATIONS = 80;

  private final LatencyHistogram[] operations = new LatencyHistogram[OPERATIONS];
  private final LatencyHistogram admissionWait = new LatencyHistogram();
  private final LatencyHistogram durabilityWait = new LatencyHistogram();
  private final AtomicLong slowRequests = new AtomicLong();

  public RequestFigures() {
    for (int i = 0; i < OPERATIONS; i++) {
      operations[i] = new LatencyHistogram();
    }
  }

  /** How long the operation of that number takes, its turn not awaited. */
  public LatencyHistogram operation(int number) {
    return operations[number];
  }

  /** How long those waited that had to await their turn. */
  public LatencyHistogram admissionWait() {
    return admissionWait;
  }

  /** How long replies waited for the log. */
  public LatencyHistogram durabilityWait() {
    return durabilityWait;
  }

  /** A request took so long that it was logged, or would have been. */
  public void slowRequest() {
    slowRequests.setOpaque(slowRequests.getPlain() + 1);
  }

  public long slowRequests() {
    return slowRequests.getOpaque();
  }
}
