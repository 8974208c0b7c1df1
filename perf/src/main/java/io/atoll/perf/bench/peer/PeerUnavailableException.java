package io.atoll.perf.bench.peer;

/** A server can't be started here; the message says in one line what is missing. */
public final class PeerUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PeerUnavailableException(PeerKind kind, String why) {
    super("can't start " + kind.text() + ": " + why);
  }
}
