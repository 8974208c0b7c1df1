package io.atoll.fs;

/**
 * How large a file system's objects may get. What is there already keeps what it has when a limit
 * is lowered.
 *
 * @param maxNameBytes the longest name of a directory entry; NAME_TOO_LONG
 * @param maxSymlinkBytes the longest target of a symbolic link; NAME_TOO_LONG
 * @param maxLinks names of one object, for a directory its subdirectories and 2; TOO_MANY_LINKS
 * @param maxFileBytes the longest file; FILE_TOO_LARGE
 * @param maxDepth below how many others, the root included, a directory may be made or moved, or 0
 *     for as deep as anybody likes; NAME_TOO_LONG. What a moved directory holds is not looked at
 */
public record FileLimits(
    int maxNameBytes, int maxSymlinkBytes, int maxLinks, long maxFileBytes, int maxDepth) {

  /**
   * As far as formats and clients go: Linux's NAME_MAX and PATH_MAX without the byte that ends a
   * path, and far from where offsets overflow.
   */
  public static final FileLimits HIGHEST = new FileLimits(255, 4095, 1 << 20, 1L << 60, 0);

  public FileLimits {
    if (maxNameBytes < 1
        || maxSymlinkBytes < 1
        || maxLinks < 2
        || maxFileBytes < 0
        || maxDepth < 0) {
      throw new IllegalArgumentException(
          "names of %d bytes, symlinks of %d, %d links, files of %d bytes, depth %d: too low"
              .formatted(maxNameBytes, maxSymlinkBytes, maxLinks, maxFileBytes, maxDepth));
    }
    if (HIGHEST != null // while it is being made
        && (maxNameBytes > HIGHEST.maxNameBytes
            || maxSymlinkBytes > HIGHEST.maxSymlinkBytes
            || maxLinks > HIGHEST.maxLinks
            || maxFileBytes > HIGHEST.maxFileBytes)) {
      throw new IllegalArgumentException(
          "names of %d bytes, symlinks of %d, %d links, files of %d bytes: beyond %s"
              .formatted(maxNameBytes, maxSymlinkBytes, maxLinks, maxFileBytes, HIGHEST));
    }
  }
}
