package io.atoll.io.disk;

/** A file ends before what should be in it: names the file and its end. */
public final class ShortFileException extends DiskException {
  private static final long serialVersionUID = 1L;

  ShortFileException(String name, long endBytes) {
    super(name + " ends at offset " + endBytes + ", too early", Errno.EIO);
  }
}
