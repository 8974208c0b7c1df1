package io.atoll.io.disk;

/** The Linux error numbers that the engine tells apart; results carry them negated. */
public final class Errno {
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ETIME = 62;
  public static final int EOPNOTSUPP = 95;
  public static final int EDQUOT = 122;
  public static final int ECANCELED = 125;

  private Errno() {}

  /**
   * An error number as people look for it: its number, and for those that disks fail with what it
   * means.
   *
   * @param errno positive
   */
  public static String describe(int errno) {
    String meaning =
        switch (errno) {
          case ENOENT -> "ENOENT: there is no such file";
          case EIO -> "EIO: the disk could not do it";
          case ENOMEM -> "ENOMEM: the kernel lacks memory";
          case EACCES -> "EACCES: not permitted";
          case ENOSPC -> "ENOSPC: the disk is full";
          case EROFS -> "EROFS: the disk's file system is read-only";
          case EDQUOT -> "EDQUOT: beyond the quota of the disk's file system";
          default -> "";
        };
    return "errno " + errno + (meaning.isEmpty() ? "" : " (" + meaning + ")");
  }
}
