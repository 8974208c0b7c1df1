package io.atoll.modes.admission;

/** Clients in order. A client stands in one line at most. */
final class Line {

  private AdmissionClient first;
  private AdmissionClient last;

  boolean isEmpty() {
    return first == null;
  }

  void append(AdmissionClient client) {
    if (last == null) {
      first = client;
    } else {
      last.behind = client;
    }
    last = client;
  }

  /** Appends those of another line, which is empty then. */
  void appendAll(Line other) {
    if (last == null) {
      first = other.first;
    } else {
      last.behind = other.first;
    }
    last = other.last;
    other.first = null;
    other.last = null;
  }

  AdmissionClient poll() {
    AdmissionClient polled = first;
    first = polled.behind;
    if (first == null) {
      last = null;
    }
    polled.behind = null;
    return polled;
  }
}
