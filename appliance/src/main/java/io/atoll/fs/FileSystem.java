package io.atoll.fs;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A POSIX file system, asynchronous and without a word of NFS. Confined to its home loop; callbacks
 * come on that loop, possibly before the call returns, exactly once. Each operation is atomic, and
 * checks its caller's permissions by POSIX's rules (the superuser passes). Names are any bytes but
 * {@code /} and NUL, one at least, and not {@code .} or {@code ..}: the caller has checked.
 *
 * <p>An operation's effects are visible to others at its callback and durable later: whoever tells
 * them to the world first awaits {@link #awaitDurable} with the call's {@link
 * FsCall#requiredSequence()}, to which every operation adds what its answer depends on.
 */
public interface FileSystem {

  FileHandle root();

  /** 128 random bits, fixed at creation: identity, and NFS's fsid. */
  FileSystemId id();

  /** The most bytes of one {@link #read} or {@link #write}. */
  int maxTransferBytes();

  /** How large its objects may get. */
  FileLimits limits();

  /** What the key of unguessable handles is made from: 32 secret bytes, fixed at creation. */
  byte[] handleSecret();

  /** Differs after every restart that may have lost unstable writes: NFS's write verifier. */
  long writeVerifier();

  /** Calls back with OK when all up to {@code sequence} is durable, or with FENCED. */
  void awaitDurable(long sequence, FsCallback<Void> callback);

  /** The facts of the whole file system, without regard to quotas. */
  void statistics(FsCall call, FsCallback<FsStatistics> callback);

  /**
   * The facts as they are for {@code object}: the nearest quota that it counts for is the size, and
   * what is left is what the tightest of them and the disk leave.
   */
  void statistics(FsCall call, FileHandle object, FsCallback<FsStatistics> callback);

  // --- attributes ---

  void attributes(FsCall call, FileHandle file, FsCallback<Attributes> callback);

  /**
   * Sets attributes, all or none.
   *
   * @param openForWriting the caller holds the file open for writing, which allows it to set the
   *     size whatever the mode now says
   */
  void setAttributes(
      FsCall call,
      FileHandle file,
      AttributeChanges changes,
      boolean openForWriting,
      FsCallback<Attributes> callback);

  /**
   * Which of {@link AccessBits} the caller has.
   *
   * @param wanted the bits to check
   */
  void access(FsCall call, FileHandle file, int wanted, FsCallback<AccessResult> callback);

  // --- names ---

  void lookup(FsCall call, FileHandle directory, byte[] name, FsCallback<Attributes> callback);

  /**
   * The names that lead from the root to a directory; none for the root. May take time with the
   * size of the directories on the way: for operators, not for clients.
   */
  void pathOf(FsCall call, FileHandle directory, FsCallback<List<byte[]>> callback);

  /** The directory above; NOT_FOUND for the root. */
  void lookupParent(FsCall call, FileHandle directory, FsCallback<Attributes> callback);

  /** Makes an object of any type; see {@link CreateRequest}. */
  void create(
      FsCall call,
      FileHandle directory,
      byte[] name,
      CreateRequest request,
      FsCallback<CreateResult> callback);

  /**
   * Removes a name; of a directory only when empty. A file lives on while it is held; a directory
   * does not. NOT_OWNER if the directory is sticky and neither it nor the object is the caller's.
   */
  void remove(FsCall call, FileHandle directory, byte[] name, FsCallback<ChangeInfo> callback);

  /**
   * POSIX rename: replaces a target of the same kind; nothing happens if both are one object.
   * OTHER_QUOTA if a directory that is not empty, or a file with several names, would leave a
   * directory with a quota or come into one. INVALID if a directory would come below itself;
   * NOT_DIRECTORY, IS_DIRECTORY or NOT_EMPTY if the target can't be replaced.
   */
  void rename(
      FsCall call,
      FileHandle fromDirectory,
      byte[] fromName,
      FileHandle toDirectory,
      byte[] toName,
      FsCallback<RenameResult> callback);

  /**
   * A further name for {@code file}, which is not a directory; OTHER_QUOTA if file and name would
   * count for different quotas.
   */
  void link(
      FsCall call,
      FileHandle file,
      FileHandle directory,
      byte[] name,
      FsCallback<ChangeInfo> callback);

  /** The target of a symbolic link; WRONG_TYPE of anything else. */
  void readLink(FsCall call, FileHandle symlink, FsCallback<byte[]> callback);

  /**
   * The entries after {@code cookie}, in the order of their cookies, until {@code visitor} has
   * enough; {@code .} and {@code ..} are not among them. Cookies start at {@link
   * DirectoryVisitor#FIRST_COOKIE}, and stay good whatever is added or removed meanwhile.
   *
   * @param cookie 0 to start, or that of the last entry seen
   */
  void readDirectory(
      FsCall call,
      FileHandle directory,
      long cookie,
      DirectoryVisitor visitor,
      FsCallback<DirectoryEnd> callback);

  // --- content ---

  /**
   * Reads up to {@code lengthBytes}. The caller releases the result. It is the memory of the file
   * system itself: not to be changed, nor kept for long. Permission is checked unless the caller
   * says that it holds the file open; to execute is to read. DELAY if there is no buffer.
   *
   * @param heldOpen the right to read was checked at opening
   */
  void read(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      int lengthBytes,
      FsCallback<ReadResult> callback);

  /**
   * Writes the readable bytes of {@code data}, all or none. Takes over one reference of {@code
   * data}, whatever happens. Data whose readable bytes start at an address that is congruent to
   * {@code offsetBytes} modulo 4096 go to the disk as they lie; others are copied once.
   *
   * <p>An unstable write is visible at once and on disk, but a crash may take it back as a whole,
   * with all writes after it that are not durable either; the {@link #writeVerifier} tells. The
   * change attribute does not go back with it.
   *
   * @param heldOpen the right to write was checked at opening
   */
  void write(
      FsCall call,
      FileHandle file,
      boolean heldOpen,
      long offsetBytes,
      ByteBuf data,
      Stability stability,
      FsCallback<WriteResult> callback);

  /** Makes what was written unstably to a file durable: adds to the call what to await. */
  void commit(FsCall call, FileHandle file, FsCallback<Void> callback);

  // --- life ---

  /**
   * Holds an object: its content stays even when its last name is removed. Counted. STALE if it is
   * gone. After a restart nothing is held, but objects without a name stay until {@link
   * #graceEnded}.
   */
  void hold(FsCall call, FileHandle file, FsCallback<Void> callback);

  /** Undoes one {@link #hold}. */
  void release(FileHandle file);

  /** No holder from before the restart will come again: objects without name and holder go. */
  void graceEnded();

  /** Limits on what directories and the file system come to hold. */
  FsQuotas quotas();

  /** A small durable map for the protocol's own records (clients, for recovery). */
  DurableRecords records();

  /** Keeps less in memory of what nobody uses: it is one of so many that share the heap. */
  default void shareHeap(int fileSystems) {}

  /** Makes everything durable and closes. */
  void close(FsCallback<Void> callback);

  /** How durable a write is asked to be, or became. */
  enum Stability {
    UNSTABLE,
    DATA_SYNC,
    FILE_SYNC
  }

  /**
   * @param bytes how many were written
   * @param stability at least what was asked for
   */
  record WriteResult(int bytes, Stability stability) {}

  /** A directory's change attribute around an atomic change of it. */
  record ChangeInfo(long before, long after) {}

  record RenameResult(ChangeInfo from, ChangeInfo to) {}

  /**
   * @param checked the bits that mean something for this type of object
   * @param granted those of them that the caller has
   */
  record AccessResult(int checked, int granted) {}

  /**
   * @param attributes the object's, new or found
   * @param directory the directory's change attribute
   * @param created false if it was there already
   * @param applied the {@link AttributeChanges} bits that took effect
   */
  record CreateResult(Attributes attributes, ChangeInfo directory, boolean created, int applied) {}

  /**
   * @param last whether the directory ended before the visitor did
   */
  record DirectoryEnd(boolean last) {}
}
