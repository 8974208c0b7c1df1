package io.atoll.io.runtime;

/** How event loops reach sockets and disks. */
public enum IoMode {
  /** Sockets and disks on one io_uring for each loop. */
  URING,
  /** Sockets by java.nio, disks by worker threads: for where io_uring is forbidden. */
  NIO
}
