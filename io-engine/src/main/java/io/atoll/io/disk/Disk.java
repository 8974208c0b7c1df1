package io.atoll.io.disk;

/**
 * A directory of direct-I/O files, bound to one loop. Loop-confined. Names are relative to it, with
 * {@code /} between folders; what a name may look like is in {@link FileNames}.
 *
 * <p>No completion comes before the call that asked for it has returned.
 */
public interface Disk {

  /** The most buffers in one vectored operation. */
  int MAX_VECTOR_BUFFERS = 64;

  /**
   * The most operations of one file, without syncs and durable writes, that are with the kernel at
   * once; further ones queue.
   */
  int MAX_FILE_OPERATIONS_IN_FLIGHT = 128;

  /**
   * The most syncs and durable writes of one file that are with the kernel at once; further ones
   * queue among themselves. So none of them waits behind reads and plain writes: a sync covers only
   * what had completed before, and may overtake what is queued.
   */
  int MAX_FILE_SYNCS_IN_FLIGHT = 16;

  /**
   * The most operations of one disk, all its files together, that are in flight or queued, without
   * syncs and durable writes; further ones end with {@code -EAGAIN}.
   */
  int MAX_DISK_OPERATIONS = 16 * 1024;

  /**
   * The most syncs and durable writes of one disk that are in flight or queued; further ones end
   * with {@code -EAGAIN}. However many other operations there are, these have their room.
   */
  int MAX_DISK_SYNCS = 1024;

  /**
   * The most steps of opening, renaming, removing and closing of one disk that are under way;
   * further ones end with {@code -EAGAIN}.
   */
  int MAX_DISK_NAME_STEPS = 8 * 1024;

  /**
   * What offsets, lengths and memory addresses must be multiples of, as the disk says ({@code
   * STATX_DIOALIGN}): a power of two, at most 4096. What is not aligned ends with {@code -EINVAL}.
   */
  int alignmentBytes();

  /**
   * Opens a file. {@link OpenedFile} is told it, or a negated errno: {@code -EXDEV} if it is on
   * another device than the directory, for a flush of the one would not cover the other; {@code
   * -EBUSY} if another has it for too long.
   *
   * <p>A file is one disk's at a time, for as long as anything that was asked of that disk is under
   * way: what a process had in flight when it died may reach the medium later, and would spoil what
   * the next one has written there. So an opening waits for the end of that.
   */
  void open(String name, OpenMode mode, OpenedFile opened);

  /**
   * Opens here what a disk of the same folder has open on another loop: the same file by the same
   * claim, which ends when both are closed. The other may be closed before. Reads and plain writes
   * only.
   *
   * @param file may be in use on its own loop meanwhile; open until this returns
   * @throws DiskException if the process has too many files open
   */
  DiskFile share(DiskFile file);

  /** Renames a file durably (the folders synced), replacing {@code target} if there is one. */
  void rename(String name, String target, IoCompletion completion, long cookie);

  /** Removes a file durably (the folder synced). Whoever has it open keeps it. */
  void remove(String name, IoCompletion completion, long cookie);

  /** What this disk and its files have done so far. */
  IoCounters counters();

  /** What its ring is doing at the moment; 0 where no ring does it. An estimate elsewhere. */
  default int operationsInFlight() {
    return 0;
  }

  /**
   * Closes the disk: its open files as by {@link DiskFile#close}, then itself, once everything in
   * flight or queued has completed. Nothing may follow.
   */
  void close(IoCompletion completion, long cookie);

  /** How to open. */
  enum OpenMode {
    /** It must exist. */
    EXISTING,
    /**
     * It must not exist; created, with the folders of its name that are missing, and durable in
     * them when the opening completes. If the opening fails after that, the file may exist, empty.
     */
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
