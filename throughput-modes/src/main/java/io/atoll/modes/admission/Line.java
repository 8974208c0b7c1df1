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
