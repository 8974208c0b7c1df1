package io.atoll.io.disk;

/** The end of the opening of a disk, told on its loop. */
@FunctionalInterface
public interface OpenedDisk {

  /**
   * @param disk open, or null
   * @param result 0, or a negated errno
   */
  void opened(Disk disk, int result);
}
