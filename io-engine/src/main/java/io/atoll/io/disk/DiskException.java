package io.atoll.io.disk;

/** The failure of a step of opening or closing, where steps are chained as futures. */
public class DiskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  public DiskException(String message, int errno) {
    super(message + ": " + Errno.describe(errno));
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }
}
