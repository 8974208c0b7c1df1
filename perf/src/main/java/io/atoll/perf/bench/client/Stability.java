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

  /** The one of that number on the wire; null if there is none. */
  static Stability ofCode(int code) {
    return switch (code) {
      case 0 -> UNSTABLE;
      case 1 -> DATA_SYNC;
      case 2 -> FILE_SYNC;
      default -> null;
    };
  }

  /** The number on the wire. */
  int code() {
    return code;
  }
}
