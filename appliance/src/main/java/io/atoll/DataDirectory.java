package io.atoll;

import io.atoll.StartFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's data directory, locked for this process. The lock is the kernel's, so it is gone with
 * its process whatever ends that. The file's content says whose it is, and is emptied when a node
 * has stopped in order: so what a start finds there is the number of one that has not.
 */
final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String LOCK_FILE = "lock";
  static final String FILE_SYSTEM_PREFIX = "fs-";

  /** Before the name of a file system that is being made of what is left of a damaged one. */
  static final String UNFINISHED_PREFIX = "unfinished-";

  /** Before the name of a file system that was deleted, and whose files are being removed. */
  static final String REMOVED_PREFIX = "removed-";

  /** Says which file system is served at the address that the node is started with. */
  static final String DEFAULT_FILE = "default";

  /** What it says when that one was deleted. */
  static final String NO_DEFAULT = "none";

  /** The folder of the resources that the node keeps: its file systems and all about them. */
  static final String CONTROL_FOLDER = "control";

  /** The key that secrets among the resources are sealed with. */
  static final String CONTROL_KEY_FILE = "control.key";

  /** What is kept about file systems beside their folders. */
  static final List<String> RECORDS = List.of(DEFAULT_FILE, CONTROL_FOLDER, CONTROL_KEY_FILE);

  private static final int PID_BYTES_MAX = 20;

  private final Path path;

  /** Null if there is none. */
  private final FileChannel lockFile;

  /** What was in the lock file, empty if the node before this one stopped in order. */
  private final String found;

  /** What the lock file is to say when this process gives it up; null to leave it as it is. */
  private String leave;

  private DataDirectory(Path path, FileChannel lockFile, String found) {
    this.path = path;
    this.lockFile = lockFile;
    this.found = found;
    leave = found;
  }

  /**
   * Makes the directory if needed (for its owner alone) and locks it.
   *
   * @throws StartFailure if it can't be written or another process has it
   */
  static DataDirectory open(Path path) {
    try {
      DurableDirectory.create(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel lockFile =
          FileChannel.open(
              path.resolve(LOCK_FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!lock(lockFile)) {
        String holder = holder(path, lockFile);
        lockFile.close();
        throw unusable(
            path, "is in use by the process " + holder + ": stop that one, or choose another");
      }
      DataDirectory data = new DataDirectory(path, lockFile, read(lockFile));
      StartRoom.forStep(
          data,
          () -> {
            write(lockFile, ProcessHandle.current().pid() + "\n");
            return null;
          });
      return data;
    } catch (AccessDeniedException e) {
      throw unusable(path, "can't be written by this user: change its owner, or choose another");
    } catch (FileAlreadyExistsException e) {
      throw unusable(
          path,
          path.toString().equals(e.getFile())
              ? "is not a directory: choose another"
              : "can't be made, as " + e.getFile() + " is not a directory: choose another");
    } catch (NoSuchFileException e) {
      // Its parents are there or were made, and yet the file system that they are on takes nothing.
      throw unusable(path, "can't be made, as nothing can be made there: choose another");
    } catch (IOException e) {
      throw unusable(path, "can't be used: " + e.getMessage());
    }
  }

  private static StartFailure unusable(Path path, String why) {
    return new StartFailure(
        Kind.DATA_DIRECTORY, "the data directory " + path + " " + why + " (--data)");
  }

  /**
   * Locks the directory against nodes, for reading only: nothing is made or written in it. Where
   * there is no lock file, no node has run in it.
   *
   * @throws StartFailure if it is not there or a node has it
   */
  static DataDirectory openToRead(Path path) {
    Path file = path.resolve(LOCK_FILE);
    if (!Files.isDirectory(path)) {
      throw unusable(path, "is not there, or is no directory");
    }
    if (!Files.exists(file)) {
      return toRead(path, null);
    }
    try {
      FileChannel lockFile = FileChannel.open(file, StandardOpenOption.READ);
      if (!lockShared(lockFile)) {
        String holder = holder(path, lockFile);
        lockFile.close();
        throw unusable(path, "is in use by the process " + holder + ": stop that one first");
      }
      return toRead(path, lockFile);
    } catch (IOException e) {
      throw unusable(path, "can't be read: " + e.getMessage());
    }
  }

  private static DataDirectory toRead(Path path, FileChannel lockFile) {
    DataDirectory data = new DataDirectory(path, lockFile, "");
    data.leave = null;
    return data;
  }

  private static boolean lockShared(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock(0, Long.MAX_VALUE, true) != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it
    }
  }

  private static String holder(Path path, FileChannel lockFile) throws IOException {
    String locked = LockHolder.of(path.resolve(LOCK_FILE));
    String holder = locked == null ? read(lockFile) : locked;
    return holder.isEmpty() ? "(unknown)" : holder;
  }

  private static boolean lock(FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it
    }
  }

  private static String read(FileChannel lockFile) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
    lockFile.read(pid, 0);
    String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString();
    return text.lines().findFirst().orElse("").strip();
  }

  /** Over what is there: a disk that is full would not give again what is given back. */
  private static void write(FileChannel lockFile, String text) throws IOException {
    byte[] line = text.getBytes(StandardCharsets.US_ASCII);
    lockFile.write(ByteBuffer.wrap(line), 0);
    lockFile.truncate(line.length);
    lockFile.force(true);
  }

  Path path() {
    return path;
  }

  /** The folders of the file systems in here, by name. */
  List<Path> fileSystems() {
    return foldersNamed(FILE_SYSTEM_PREFIX);
  }

  /** The folders that a salvage has left which did not come to its end, by name. */
  List<Path> unfinished() {
    return foldersNamed(UNFINISHED_PREFIX);
  }

  /**
   * Moves the folder of a file system aside, durably: it is none any more.
   *
   * @return what is to be removed; null if it is not there
   */
  Path setAside(String name) throws IOException {
    Path folder = path.resolve(name);
    if (!Files.isDirectory(folder)) {
      return null;
    }
    if (name.equals(defaultFileSystem())) {
      setDefault(NO_DEFAULT);
    }
    Path aside = path.resolve(REMOVED_PREFIX + name);
    for (int again = 1; Files.exists(aside); again++) {
      aside = path.resolve(REMOVED_PREFIX + name + "-" + again);
    }
    Files.move(folder, aside);
    DurableDirectory.sync(path);
    return aside;
  }

  /** The folders of file systems that were deleted, and of which something is left, by name. */
  List<Path> removed() {
    return foldersNamed(REMOVED_PREFIX);
  }

  /** The name of the file system that {@link #setDefault} was told last; null if none. */
  String defaultFileSystem() {
    Path file = path.resolve(DEFAULT_FILE);
    try {
      return Files.exists(file) ? Files.readString(file).strip() : null;
    } catch (IOException e) {
      throw unusable(path, "can't be used: " + file + ": " + IoReason.of(e));
    }
  }

  /** Remembers durably which file system is served where the node is told to serve NFS. */
  void setDefault(String name) {
    if (name.equals(defaultFileSystem())) {
      return;
    }
    Path file = path.resolve(DEFAULT_FILE);
    Path written = path.resolve(DEFAULT_FILE + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              written,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap((name + "\n").getBytes(StandardCharsets.US_ASCII)));
        out.force(true);
      }
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      DurableDirectory.sync(path);
    } catch (IOException e) {
      throw unusable(path, "can't be written: " + file + ": " + IoReason.of(e));
    }
  }

  private List<Path> foldersNamed(String prefix) {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith(prefix))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw unusable(path, "can't be listed: " + e.getMessage());
    }
  }

  /**
   * The number, as it was written, of a process that had the directory and did not stop in order;
   * null if there was none.
   */
  String unstoppedProcess() {
    return found.isEmpty() ? null : found;
  }

  /** From now on this process is one that has yet to stop in order. */
  void inUse() {
    leave = null;
  }

  /** This process has stopped in order. */
  void settled() {
    leave = "";
  }

  /**
   * Gives the directory free for others. After a start that failed it says again what it was found
   * to say. Where that can't be written, the lock is given up all the same: then the next start
   * takes this process for one that did not stop in order.
   */
  @Override
  public void close() {
    if (lockFile == null) {
      return;
    }
    try (lockFile) {
      if (leave != null) {
        write(lockFile, leave);
      }
    } catch (IOException e) {
      LOG.warn(
          "{} can't be written ({}): the next start will say that this process did not stop in"
              + " order",
          path.resolve(LOCK_FILE),
          e.getMessage());
    }
  }
}
