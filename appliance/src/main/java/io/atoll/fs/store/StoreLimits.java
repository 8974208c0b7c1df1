package io.atoll.fs.store;

import io.atoll.io.volume.Volume;

/**
 * The bounds of the file system's work. Those of its objects are {@link io.atoll.fs.FileLimits};
 * those of formats are drawn in the format's document.
 */
final class StoreLimits {
  /** The most bytes of one READ or WRITE. */
  static final int MAX_TRANSFER_BYTES = 1 << 20;

  /**
   * Below how many others a directory may be moved: the way up is walked. As deep as a path of
   * Linux's PATH_MAX can lead; made directories may lie deeper.
   */
  static final int MAX_MOVE_DEPTH = 2048;

  /** A file up to here lies inline, with its inode's neighbours in the map. */
  static final int MAX_INLINE_BYTES = 2048;

  /** The most chunks that a truncation frees in its own record; more are freed behind it. */
  static final int TRUNCATE_AT_ONCE_CHUNKS = 16;

  /** Chunks freed by one record in the background: at worst 64 runs each, well within a record. */
  static final int RECLAIM_STEP_CHUNKS = 32;

  /** Removed files whose chunks are freed in one step, each by a record of its own. */
  static final int RECLAIM_STEP_FILES = 8;

  /** Removed files remembered to be freed; more are found again in the map. */
  static final int MAX_REMEMBERED_REMOVALS = 4096;

  /** Parts of files, each at most a MiB, that are read ahead at once. */
  static final int MAX_READ_AHEADS = 32;

  /** Inodes that a READDIR with attributes loads at once. */
  static final int DIRECTORY_LOAD_INODES = 16;

  /** Truncations that may be freeing chunks behind their answers; more get DELAY. */
  static final int MAX_BACKGROUND_TRIMS = 64;

  /** Inode numbers reserved at once. */
  static final int INODE_NUMBER_RUN = 4096;

  /** Of these, the numbers given to one directory at once, for what is made in it. */
  static final int DIRECTORY_NUMBER_RUN = 64;

  /** Entries of a directory taken from the map at once. */
  static final int DIRECTORY_PAGE_ENTRIES = 128;

  /** Blocks of the longest transfer that is not aligned. */
  static final int MAX_TRANSFER_BLOCKS = MAX_TRANSFER_BYTES / Volume.BLOCK_BYTES + 1;

  /** Chunks that the longest transfer can touch. */
  static final int MAX_TRANSFER_CHUNKS = MAX_TRANSFER_BYTES / ChunkMap.CHUNK_BYTES + 1;

  /**
   * How far ahead of use the change attributes of an inode that is written unstably are reserved.
   */
  static final long RESERVED_CHANGES = 1L << 20;

  /**
   * Inodes that have such a reservation; another one takes the place of the least recently used.
   */
  static final int MAX_RESERVED_INODES = 1024;

  /** How long a reservation is kept that no write uses. */
  static final long RESERVATION_IDLE_NANOS = 10_000_000_000L;

  /** Directories with a quota. As many as Amazon EFS allows access points, and room above. */
  static final int MAX_QUOTA_TREES = 16_384;

  /** Of these, how many may lie in each other: what an object counts for at most. */
  static final int MAX_NESTED_QUOTAS = 8;

  /** Entries of a directory that are counted for a quota by one record. */
  static final int QUOTA_STEP_ENTRIES = 32;

  /** Finished operations kept for the next ones, each kind. */
  static final int MAX_SPARE_OPERATIONS = 256;

  private StoreLimits() {}
}
