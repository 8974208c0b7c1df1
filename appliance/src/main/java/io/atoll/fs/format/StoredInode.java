package io.atoll.fs.format;

import io.atoll.fs.FileType;
import java.nio.ByteBuffer;
import java.util.List;

/** An inode as it lies in the map. */
public record StoredInode(
    long number,
    FileType type,
    boolean inline,
    boolean gone,
    int mode,
    int links,
    long sizeBytes,
    long usedBlocks,
    long parent,
    long nextCookie,
    long entries,
    int generation,
    int quotaTree) {
  public static final int BYTES = 128;

  private static final int INLINE = 1;
  private static final int GONE = 4;
  public static final int TYPE_AT = 1;
  private static final int FLAGS_AT = 2;
  public static final int MODE_AT = 8;
  public static final int LINKS_AT = 20;
  public static final int SIZE_AT = 24;
  public static final int USED_BLOCKS_AT = 32;
  public static final int PARENT_AT = 88;
  public static final int NEXT_COOKIE_AT = 96;
  public static final int ENTRIES_AT = 104;
  public static final int CHANGE_AT = 72;
  private static final int GENERATION_AT = 4;
  public static final int QUOTA_TREE_AT = 120;

  /** Access, modification, change and creation. */
  public static final List<Integer> TIMES_AT = List.of(40, 48, 56, 64);

  /** By how much a change counter rises at once where it is not known what clients have seen. */
  public static final long CHANGE_STEP = 1L << 32;

  private static final int MODE_MAX = 07777;

  /** Fails where a node could not make an inode of it, whether that would be one that can be. */
  public static void checkReadable(byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, BYTES);
    if (FileType.ofCode(value[TYPE_AT]) == null) {
      throw new MalformedValueException("it is of the unknown type " + value[TYPE_AT]);
    }
  }

  public static StoredInode decode(long number, byte[] value) throws MalformedValueException {
    checkReadable(value);
    FileType type = FileType.ofCode(value[TYPE_AT]);
    ByteBuffer in = ByteBuffer.wrap(value);
    int flags = in.getShort(FLAGS_AT);
    StoredInode inode =
        new StoredInode(
            number,
            type,
            (flags & INLINE) != 0,
            (flags & GONE) != 0,
            in.getInt(MODE_AT),
            in.getInt(LINKS_AT),
            in.getLong(SIZE_AT),
            in.getLong(USED_BLOCKS_AT),
            in.getLong(PARENT_AT),
            in.getLong(NEXT_COOKIE_AT),
            in.getLong(ENTRIES_AT),
            in.getInt(GENERATION_AT),
            in.getInt(QUOTA_TREE_AT));
    if ((inode.mode & ~MODE_MAX) != 0 || inode.sizeBytes < 0 || inode.links < 0) {
      throw new MalformedValueException(
          "its mode "
              + Integer.toOctalString(inode.mode)
              + ", length "
              + inode.sizeBytes
              + " or number of links "
              + inode.links
              + " can't be");
    }
    return inode;
  }

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type == FileType.REGULAR;
  }
}
