package io.atoll.io.linux;

/**
 * Numbers of the Linux system-call interface, as in its {@code uapi} headers. The few that differ
 * between architectures are those of the running one.
 */
public final class LinuxAbi {

  private static final boolean ARM64 = "aarch64".equals(System.getProperty("os.arch"));

  public static final int AT_FDCWD = -100;
  public static final int AT_EMPTY_PATH = 0x1000;

  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_DIRECT = ARM64 ? 0x10000 : 0x4000;
  public static final int O_DIRECTORY = ARM64 ? 0x4000 : 0x10000;
  public static final int O_NOFOLLOW = ARM64 ? 0x8000 : 0x20000;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

  /** Permission bits of files that the engine creates: the owner's alone. */
  public static final int FILE_MODE = 0x180;

  /** Permission bits of folders that the engine creates: the owner's alone. */
  public static final int FOLDER_MODE = 0x1C0;

  public static final int RWF_DSYNC = 2;
  public static final int LOCK_SH = 1;
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  public static final int FALLOC_FL_KEEP_SIZE = 1;
  public static final int FALLOC_FL_PUNCH_HOLE = 2;

  private LinuxAbi() {}
}
