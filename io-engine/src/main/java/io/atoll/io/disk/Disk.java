package io.atoll.io.disk;

/**
 * A directory of direct-I/O files, bound to one loop. Loop-confined. Names are relative to it, with
 * {@code /} between folders; a folder that is missing is made, durably, by {@link
 * OpenMode#CREATE_NEW}.
 */
public interface Disk {

  /** The most buffers in one vectored operation. */
  int MAX_VECTOR_BUFFERS = 64;

  /**
   * What offsets, lengths and memory addresses must be multiples of, as the disk says ({@code
   * STATX_DIOALIGN}): a power of two, at most 4096.
   */
  int alignmentBytes();

  /** Opens a file. {@link OpenedFile} is told it, or a negated errno. */
  void open(String name, OpenMode mode, OpenedFile opened);

  /** Renames a file durably (the folder synced), replacing {@code target} if there is one. */
  void rename(String name, String target, IoCompletion completion, long cookie);

  /** Removes a file durably (the folder synced). */
  void remove(String name, IoCompletion completion, long cookie);

  /** How to open. A file that is created is durable in its folder when the opening completes. */
  enum OpenMode {
    /** It must exist. */
    EXISTING,
    /** It must not exist; created. */
    CREATE_NEW
  }

  /** The end of an opening. */
  @FunctionalInterface
  interface OpenedFile {
    /**
     * @param file open, or null
     * @param result 0, or a negated errno
     */
    void opened(DiskFile file, int result);
  }
}
