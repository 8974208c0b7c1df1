package io.atoll.modes.meter;

/**
 * The size of storage as EFS meters it: for each object 2 KiB and its data by 4 KiB, of which holes
 * are no part; a directory's data are its entries, and a symbolic link's, a FIFO's, a socket's or a
 * device's are always 4 KiB.
 */
public final class StorageMetering {

  /** What an object counts for beside its data; not in the attribute space_used. */
  public static final long INODE_BYTES = 2048;

  /** Data counts by as many. */
  public static final long BLOCK_BYTES = 4096;

  /** The data of an object that is neither a regular file nor a directory. */
  public static final long SPECIAL_DATA_BYTES = BLOCK_BYTES;

  /** A file system with nothing but its root directory, which has one block. */
  public static final long EMPTY_FILE_SYSTEM_BYTES = INODE_BYTES + BLOCK_BYTES;

  private StorageMetering() {}

  /**
   * An object's size.
   *
   * @param allocatedBytes of its data, without holes; not negative
   */
  public static long objectBytes(long allocatedBytes) {
    return INODE_BYTES + dataBytes(allocatedBytes);
  }

  /** The data of an object, by whole blocks: the attribute space_used. */
  public static long dataBytes(long allocatedBytes) {
    assert allocatedBytes >= 0 : allocatedBytes;
    return Math.ceilDiv(allocatedBytes, BLOCK_BYTES) * BLOCK_BYTES;
  }

  /**
   * A file system's size.
   *
   * @param objects of all kinds, the root directory included
   * @param dataBlocks of 4 KiB that their data takes, {@link #SPECIAL_DATA_BYTES} included
   */
  public static long fileSystemBytes(long objects, long dataBlocks) {
    return objects * INODE_BYTES + dataBlocks * BLOCK_BYTES;
  }
}
