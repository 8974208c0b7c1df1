package io.atoll.fs.store;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FileType;

/**
 * A file-system object in memory: what {@link InodeCodec} stores, and who uses it. Changed only by
 * the acting step of an operation, which then puts it into its record.
 */
final class Inode extends Cached {
  /** What a directory's size and use of space are said to be. */
  private static final long DIRECTORY_BYTES = 4096;

  private static final int SECTOR_BYTES = 512;

  final long number;
  final int generation;
  final FileType type;
  int mode;
  int uid;
  int gid;
  int links;
  long sizeBytes;
  long usedBlocks;
  long atimeNanos;
  long mtimeNanos;
  long ctimeNanos;
  long btimeNanos;
  long change;

  /** Content lies in one small value instead of blocks; a new file's, too. */
  boolean inline;

  /** Made by an exclusive create, with {@link #verifier}. */
  boolean exclusive;

  long verifier;

  /** Of a directory: the one above; its own number for the root. */
  long parent;

  /** Of a directory: the next entry's cookie; none is given twice. */
  long nextCookie;

  /**
   * Of a directory: no entry has a cookie from here on up to {@link #noCookieTo}, nor ever will, as
   * none is given twice. The longest such stretch that a listing came upon. Not stored.
   */
  private long noCookieFrom;

  private long noCookieTo;

  /** Of a directory: how many names it has. */
  long entries;

  /**
   * Of a directory: how many of its names are cached, at least. An entry that came or went while
   * this object was not here is not counted, so that it may be too few, and never too many. Not
   * stored.
   */
  long entriesCached;

  /** Of a directory: numbers for what is made in it; null if it has none yet. Not stored. */
  InodeNumbers.Run numbers;

  int deviceMajor;
  int deviceMinor;

  /** The quota tree that it counts for, its nearest; {@link QuotaTree#NONE} if it has none. */
  int quotaTree;

  /** The tree that has counted it, as {@link Quotas#recount} knows. Not stored. */
  int countedIn;

  /** The blocks that were counted of it there. Not stored. */
  long countedBlocks;

  /** No name, no holder: its content is going or gone, and whoever asks gets STALE. */
  boolean gone;

  /** How often it is held open; each also pins it. Not stored. */
  int holds;

  /** The last unstable write's record, which COMMIT waits for. Not stored. */
  long lastUnstableSequence;

  /** When the last unstable write came, on the monotonic clock. Not stored. */
  long lastUnstableNanos;

  /** Its neighbours among the inodes with a reservation, by that time. Not stored. */
  Inode reservedBefore;

  Inode reservedAfter;

  /**
   * Unstable writes give out change attributes below this; 0 if none are reserved. Stored under a
   * key of its own: see {@link UnstableWrites}.
   */
  long changeBound;

  /**
   * From this block on nothing can be written or cut: a truncation has left blocks there that can't
   * be freed now. {@link RangeLock#END} if there are none. Not stored.
   */
  long unfreedFromBlock = RangeLock.END;

  /** Who changes which of its blocks. Not stored. */
  final RangeLocks locks = new RangeLocks();

  Inode(long number, int generation, FileType type) {
    super(number, 0, null);
    this.number = number;
    this.generation = generation;
    this.type = type;
  }

  @Override
  long departingSequence() {
    return Math.max(lastSequence, lastUnstableSequence);
  }

  boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  boolean isRegular() {
    return type == FileType.REGULAR;
  }

  /** Whether there is a {@link SmallContent} of it: a link's target, or an inline file's bytes. */
  boolean hasSmallContent() {
    return !gone && (type == FileType.SYMLINK || (inline && sizeBytes > 0));
  }

  /** Whether blocks within a claim can't be changed now; see {@link #unfreedFromBlock}. */
  boolean isStuck(RangeLock claim) {
    return unfreedFromBlock != RangeLock.END && claim.last >= unfreedFromBlock;
  }

  /** From where on a listing looks that would look from {@code cookie} on. */
  long pastRemoved(long cookie) {
    return cookie >= noCookieFrom && cookie < noCookieTo ? noCookieTo : cookie;
  }

  /** No entry has a cookie from {@code from} on and before {@code to}. */
  void noCookies(long from, long to) {
    if (from <= noCookieTo && to >= noCookieFrom) {
      noCookieFrom = Math.min(noCookieFrom, from);
      noCookieTo = Math.max(noCookieTo, to);
    } else if (to - from > noCookieTo - noCookieFrom) {
      noCookieFrom = from;
      noCookieTo = to;
    }
  }

  FileHandle handle() {
    return new FileHandle(number, generation);
  }

  /** Content changed. */
  void modified(long nowNanos) {
    mtimeNanos = nowNanos;
    ctimeNanos = nowNanos;
    change++;
  }

  /** Attributes changed, and not the content. */
  void changed(long nowNanos) {
    ctimeNanos = nowNanos;
    change++;
  }

  /** The change attribute after one more change than {@code before}'s. */
  ChangeInfo changeSince(long before) {
    return new ChangeInfo(before, change);
  }

  /**
   * The space on disk. An inline file says its length in sectors: programs take a file that has
   * content and uses no space for one that is all holes.
   */
  long usedBytes() {
    if (isDirectory()) {
      return DIRECTORY_BYTES;
    }
    if (isRegular() && !inline) {
      return usedBlocks * (long) ChunkMap.BLOCK_BYTES;
    }
    return (sizeBytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }

  Attributes attributes() {
    return new Attributes(
        handle(),
        type,
        mode,
        uid,
        gid,
        links,
        isDirectory() ? DIRECTORY_BYTES : sizeBytes,
        usedBytes(),
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        change,
        deviceMajor,
        deviceMinor);
  }
}
