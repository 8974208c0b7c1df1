package io.atoll.fs;

/**
 * Attributes to set: those whose bit is in {@link #mask}. Mutable while being filled by a decoder,
 * unchanged afterwards.
 */
public final class AttributeChanges {
  public static final int MODE = 1;
  public static final int UID = 1 << 1;
  public static final int GID = 1 << 2;
  public static final int SIZE = 1 << 3;

  /** Set to {@link #atimeNanos}; only the owner may. */
  public static final int ATIME = 1 << 4;

  /** Set to the server's time; whoever may write may. */
  public static final int ATIME_NOW = 1 << 5;

  public static final int MTIME = 1 << 6;
  public static final int MTIME_NOW = 1 << 7;
  public static final int BTIME = 1 << 8;

  /** Of the mode, only the bits in {@link #modeMask} change (NFS's mode_set_masked). */
  public static final int MODE_MASKED = 1 << 9;

  public int mask;
  public int mode;
  public int modeMask;
  public int uid;
  public int gid;
  public long sizeBytes;
  public long atimeNanos;
  public long mtimeNanos;
  public long btimeNanos;

  public boolean has(int bit) {
    return (mask & bit) != 0;
  }

  public boolean isEmpty() {
    return mask == 0;
  }
}
