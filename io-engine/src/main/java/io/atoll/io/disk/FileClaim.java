package io.atoll.io.disk;

import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until nothing is under way on an open file any more that others asked for, and keeps them
 * out from then on: all of them, or, for who reads only, those who write. When a process dies, the
 * kernel waits for none of its ring's reads and writes: they may reach the disk later, and spoil
 * what the next process has written there. But each of them holds the open file, and an open file's
 * lock (flock(2)) lasts for as long as anybody holds that. So whoever gets the lock knows that
 * nothing is on its way. Confined to whoever opens.
 */
public final class FileClaim {

  /** When to try again. */
  public static final long RETRY_NANOS = 10_000_000;

  /** Kernels give a request to a disk up before, mostly. */
  private static final int MAX_WAIT_SECONDS = 120;

  private static final Logger logger = LoggerFactory.getLogger(FileClaim.class);
  private static final int TRIES_PER_SECOND = 100;

  private final String name;
  private final int fd;
  private final int lock;
  private int tries;

  private FileClaim(String name, int fd, int lock) {
    this.name = name;
    this.fd = fd;
    this.lock = lock;
  }

  /**
   * @param fd open, and nowhere else in this process
   */
  public static FileClaim toWrite(String name, int fd) {
    return new FileClaim(name, fd, LinuxAbi.LOCK_EX);
  }

  /**
   * @param fd open, and elsewhere in this process only by who reads, too
   */
  public static FileClaim toRead(String name, int fd) {
    return new FileClaim(name, fd, LinuxAbi.LOCK_SH);
  }

  /**
   * Tries, without waiting: the kernel looks into lists in its memory.
   *
   * @return 0, {@code -EAGAIN} if it is to be tried again after {@link #RETRY_NANOS}, {@code
   *     -EBUSY} if that has been done for long enough, or another negated errno
   */
  public int attempt() {
    int result = Syscalls.flock(fd, lock | LinuxAbi.LOCK_NB);
    if (result != -Errno.EAGAIN) {
      return result;
    }
    if (++tries == TRIES_PER_SECOND) {
      logger.warn(
          "{} is held by another process, or by writes of one that was killed which the disk has"
              + " not ended: waiting for at most {} s",
          name,
          MAX_WAIT_SECONDS);
    }
    return tries < MAX_WAIT_SECONDS * TRIES_PER_SECOND ? result : -Errno.EBUSY;
  }

  /** Tries until it is claimed or has been tried for long enough; for a thread that may wait. */
  public int await() {
    int result = attempt();
    while (result == -Errno.EAGAIN) {
      LockSupport.parkNanos(RETRY_NANOS);
      result = attempt();
    }
    return result;
  }
}
