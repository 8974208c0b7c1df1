package io.atoll.fs;

/** The rights that {@link FileSystem#access} tells; the numbers are NFS's ACCESS4_* for ease. */
public final class AccessBits {
  public static final int READ = 1;
  public static final int LOOKUP = 2;
  public static final int MODIFY = 4;
  public static final int EXTEND = 8;
  public static final int DELETE = 16;
  public static final int EXECUTE = 32;

  private AccessBits() {}
}
