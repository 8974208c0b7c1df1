package io.atoll.fs.store;

import io.atoll.fs.FileLimits;

/**
 * The sizes of the caches, in objects that nobody is using (those in use are counted by whoever
 * uses them), and the limits of what is in them.
 *
 * @param inodes about 250 heap bytes each
 * @param entries names, found or known to be absent; about 150 bytes each
 * @param chunkMaps about 1,400 bytes each, for 256 KiB of file
 * @param smallContents inline files and symbolic links, up to 4 KiB each
 * @param directoryPagesBytes about what the pages of directories take of the heap that are kept for
 *     the next listing
 * @param limits how large objects may get
 */
public record StoreSettings(
    int inodes,
    int entries,
    int chunkMaps,
    int smallContents,
    int directoryPagesBytes,
    FileLimits limits) {

  /** Less than 70 MB of heap when all are full. */
  public static final StoreSettings DEFAULT = withLimits(FileLimits.HIGHEST);

  /** As {@link #DEFAULT}, with other limits. */
  public static StoreSettings withLimits(FileLimits limits) {
    return new StoreSettings(32_768, 32_768, 16_384, 4_096, 8 << 20, limits);
  }

  /** For one of so many file systems that share a heap. */
  StoreSettings oneOf(int fileSystems) {
    return new StoreSettings(
        Math.max(1, inodes / fileSystems),
        Math.max(1, entries / fileSystems),
        Math.max(1, chunkMaps / fileSystems),
        Math.max(1, smallContents / fileSystems),
        directoryPagesBytes / fileSystems,
        limits);
  }

  public StoreSettings {
    if (inodes < 1 || entries < 1 || chunkMaps < 1 || smallContents < 1) {
      throw new IllegalArgumentException(
          "each cache needs room for one object at least: "
              + inodes
              + " inodes, "
              + entries
              + " entries, "
              + chunkMaps
              + " chunk maps, "
              + smallContents
              + " small contents");
    }
  }
}
