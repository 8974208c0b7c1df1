package io.atoll;

import io.atoll.StartFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node's data directory, locked for this process. The lock is the kernel's, so it is gone with
 * its process whatever ends that. The file's content says whose it is, and is emptied when a node
 * has stopped in order: so what a start finds there is the number of one that has not.
 */
final class DataDirectory implements AutoCloseable {
  private static final String LOCK_FILE = "lock";
  private static final String FILE_SYSTEM_PREFIX = "fs-";
  private static final int PID_BYTES_MAX = 20;

  private final Path path;
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
        String holder = read(lockFile);
        lockFile.close();
        throw unusable(
            path,
            "is in use by the process "
                + (holder.isEmpty() ? "(unknown)" : holder)
                + ": stop that one, or choose another");
      }
      String found = read(lockFile);
      write(lockFile, ProcessHandle.current().pid() + "\n");
      return new DataDirectory(path, lockFile, found);
    } catch (AccessDeniedException e) {
      throw unusable(path, "can't be written by this user: change its owner, or choose another");
    } catch (FileAlreadyExistsException e) {
      throw unusable(
          path,
          path.toString().equals(e.getFile())
              ? "is not a directory: choose another"
              : "can't be made, as " + e.getFile() + " is not a directory: choose another");
    } catch (IOException e) {
      throw unusable(path, "can't be used: " + e.getMessage());
    }
  }

  private static StartFailure unusable(Path path, String why) {
    return new StartFailure(
        Kind.DATA_DIRECTORY, "the data directory " + path + " " + why + " (--data)");
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
    return StandardCharsets.US_ASCII.decode(pid.flip()).toString().strip();
  }

  private static void write(FileChannel lockFile, String text) throws IOException {
    lockFile.truncate(0);
    lockFile.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    lockFile.force(true);
  }

  Path path() {
    return path;
  }

  /** The folders of the file systems in here, by name. */
  List<Path> fileSystems() {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith(FILE_SYSTEM_PREFIX))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException e) {
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
   * to say.
   */
  @Override
  public void close() {
    try {
      if (leave != null) {
        write(lockFile, leave);
      }
      lockFile.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing " + path.resolve(LOCK_FILE), e);
    }
  }
}
