package io.atoll.perf.bench.client;

/** The server can't be worked with any more; the message says at which step, in one line. */
public final class NfsFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What it comes to for whoever runs the load. */
  public enum Kind {
    /** No connection could be made. */
    UNREACHABLE,
    /** The server does not speak ONC RPC, NFSv4 or its minor version 1. */
    VERSION,
    /** The server said no to something that the load can't do without. */
    REFUSED,
    /** The server answered what no server may answer. */
    PROTOCOL,
    /** The server closed a connection. */
    LOST,
    /** The server does not answer. */
    HUNG
  }

  private final Kind kind;

  public NfsFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
