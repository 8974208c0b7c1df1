package io.atoll.cli;

import io.atoll.StartFailure;

/** What {@code atoll} exits with; documented in {@code docs/operations.md}, so never renumber. */
public final class ExitCode {
  public static final int OK = 0;

  /** An exception that nobody expected. */
  public static final int DEFECT = 1;

  /** A wrong option or configuration file. */
  public static final int USAGE = 2;

  /** The NFS address can't be listened on. */
  public static final int ADDRESS = 3;

  /**
   * The data directory can't be used: not writable, no direct I/O, no space, in use, or something
   * in it is where it does not belong.
   */
  public static final int DATA_DIRECTORY = 4;

  /** io_uring is not to be had. */
  public static final int IO_URING = 5;

  /** A store is damaged, or of a format that this version does not read. */
  public static final int STORE = 6;

  /**
   * The store failed while serving or stopping, and what was not durable yet could not be made so.
   */
  public static final int STORE_FAILED = 7;

  /** A check found that a store contradicts itself. */
  public static final int STRUCTURE = 8;

  /** A check found content of files lost. */
  public static final int DATA = 9;

  /** A check found nothing but what does no harm. */
  public static final int HARMLESS = 10;

  /** The node refuses what a command asks of it, or does not answer. */
  public static final int NODE_REFUSED = 11;

  /**
   * The Java heap is full: SIGALRM, by which the launcher has the JVM end itself then, and 128, as
   * shells tell it.
   */
  public static final int HEAP_FULL = 142;

  private ExitCode() {}

  static int of(StartFailure.Kind kind) {
    return switch (kind) {
      case ADDRESS -> ADDRESS;
      case DATA_DIRECTORY -> DATA_DIRECTORY;
      case IO_URING -> IO_URING;
      case STORE, STORE_VERSION -> STORE;
    };
  }
}
