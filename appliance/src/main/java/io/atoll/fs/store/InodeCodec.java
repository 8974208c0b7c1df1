package io.atoll.fs.store;

import io.atoll.fs.FileType;
import io.netty.buffer.ByteBuf;

/** An inode's value: 128 bytes, drawn in {@code docs/namespace-format.md}. */
final class InodeCodec implements ObjectCache.Format<Inode> {
  static final int VERSION = 1;
  static final int BYTES = 128;

  private static final int INLINE = 1;
  private static final int EXCLUSIVE = 1 << 1;
  private static final int GONE = 1 << 2;

  private static final int TYPE = 1;
  private static final int FLAGS = 2;
  private static final int GENERATION = 4;
  private static final int MODE = 8;
  private static final int UID = 12;
  private static final int GID = 16;
  private static final int LINKS = 20;
  private static final int SIZE = 24;
  private static final int USED_BLOCKS = 32;
  private static final int ATIME = 40;
  private static final int MTIME = 48;
  private static final int CTIME = 56;
  private static final int BTIME = 64;
  private static final int CHANGE = 72;
  private static final int VERIFIER = 80;
  private static final int PARENT = 88;
  private static final int NEXT_COOKIE = 96;
  private static final int ENTRIES = 104;
  private static final int DEVICE_MAJOR = 112;
  private static final int DEVICE_MINOR = 116;
  private static final int QUOTA_TREE = 120;

  @Override
  public byte[] key(long number, long low, byte[] name) {
    return Keys.inode(number);
  }

  @Override
  public Inode decode(long number, long low, byte[] name, byte[] value) {
    if (value == null) {
      return null;
    }
    CorruptValueException.check("inode " + number, value, BYTES, VERSION);
    FileType type = FileType.ofCode(value[TYPE]);
    if (type == null) {
      throw new CorruptValueException("inode " + number + " is of unknown type " + value[TYPE]);
    }
    Inode inode = new Inode(number, BigEndian.getInt(value, GENERATION), type);
    int flags = BigEndian.getShort(value, FLAGS);
    inode.inline = (flags & INLINE) != 0;
    inode.exclusive = (flags & EXCLUSIVE) != 0;
    inode.gone = (flags & GONE) != 0;
    inode.mode = BigEndian.getInt(value, MODE);
    inode.uid = BigEndian.getInt(value, UID);
    inode.gid = BigEndian.getInt(value, GID);
    inode.links = BigEndian.getInt(value, LINKS);
    inode.sizeBytes = BigEndian.getLong(value, SIZE);
    inode.usedBlocks = BigEndian.getLong(value, USED_BLOCKS);
    inode.atimeNanos = BigEndian.getLong(value, ATIME);
    inode.mtimeNanos = BigEndian.getLong(value, MTIME);
    inode.ctimeNanos = BigEndian.getLong(value, CTIME);
    inode.btimeNanos = BigEndian.getLong(value, BTIME);
    inode.change = BigEndian.getLong(value, CHANGE);
    inode.verifier = BigEndian.getLong(value, VERIFIER);
    inode.parent = BigEndian.getLong(value, PARENT);
    inode.nextCookie = BigEndian.getLong(value, NEXT_COOKIE);
    inode.entries = BigEndian.getLong(value, ENTRIES);
    inode.deviceMajor = BigEndian.getInt(value, DEVICE_MAJOR);
    inode.deviceMinor = BigEndian.getInt(value, DEVICE_MINOR);
    inode.quotaTree = BigEndian.getInt(value, QUOTA_TREE);
    inode.countedIn = inode.gone ? QuotaTree.NONE : inode.quotaTree;
    inode.countedBlocks = inode.usedBlocks;
    return inode;
  }

  /** Writes an inode's {@link #BYTES}. */
  static void encode(Inode inode, ByteBuf out) {
    int flags =
        (inode.inline ? INLINE : 0) | (inode.exclusive ? EXCLUSIVE : 0) | (inode.gone ? GONE : 0);
    int at = out.writerIndex();
    out.writeZero(BYTES);
    out.setByte(at, VERSION);
    out.setByte(at + TYPE, inode.type.code());
    out.setShort(at + FLAGS, flags);
    out.setInt(at + GENERATION, inode.generation);
    out.setInt(at + MODE, inode.mode);
    out.setInt(at + UID, inode.uid);
    out.setInt(at + GID, inode.gid);
    out.setInt(at + LINKS, inode.links);
    out.setLong(at + SIZE, inode.sizeBytes);
    out.setLong(at + USED_BLOCKS, inode.usedBlocks);
    out.setLong(at + ATIME, inode.atimeNanos);
    out.setLong(at + MTIME, inode.mtimeNanos);
    out.setLong(at + CTIME, inode.ctimeNanos);
    out.setLong(at + BTIME, inode.btimeNanos);
    out.setLong(at + CHANGE, inode.change);
    out.setLong(at + VERIFIER, inode.verifier);
    out.setLong(at + PARENT, inode.parent);
    out.setLong(at + NEXT_COOKIE, inode.nextCookie);
    out.setLong(at + ENTRIES, inode.entries);
    out.setInt(at + DEVICE_MAJOR, inode.deviceMajor);
    out.setInt(at + DEVICE_MINOR, inode.deviceMinor);
    out.setInt(at + QUOTA_TREE, inode.quotaTree);
  }
}
