package io.atoll.perf.bench.client;

/** stable_how4 (RFC 8881, section 18.32): what a WRITE's reply promises. */
public enum Stability {
  UNSTABLE(0),
  DATA_SYNC(1),
  FILE_SYNC(2);

  private final int code;

  Stability(int code) {
    this.code = code;
  }

  /** The number on the wire. */
  int code() {
    return code;
  }
}
