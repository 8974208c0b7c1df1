package io.atoll.perf.bench.cli;

import io.atoll.perf.bench.client.NfsFailure;

/** What {@code atoll bench} exits with; documented in {@code perf/README.md}: never renumber. */
public final class BenchExit {
  public static final int OK = 0;

  /** An exception that nobody expected. */
  public static final int DEFECT = 1;

  /** A wrong option, URL or scenario. */
  public static final int USAGE = 2;

  /** No connection. */
  public static final int UNREACHABLE = 3;

  /** The server speaks another version, refused something or answered what can't be. */
  public static final int REFUSED = 4;

  /** The server hung or closed a connection; what was measured is kept. */
  public static final int ENDED_EARLY = 5;

  /** Data was not what had been written. */
  public static final int WRONG_DATA = 6;

  /** Stopped by the user; what was measured is kept. */
  public static final int STOPPED = 7;

  /** A server can't be started here. */
  public static final int UNAVAILABLE = 8;

  private BenchExit() {}

  static int of(NfsFailure.Kind kind) {
    return switch (kind) {
      case UNREACHABLE -> UNREACHABLE;
      case VERSION, REFUSED, PROTOCOL -> REFUSED;
      case LOST, HUNG -> ENDED_EARLY;
    };
  }
}
