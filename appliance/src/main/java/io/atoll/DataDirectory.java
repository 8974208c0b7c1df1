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
 * its process whatever ends that; the file's content only says whose it is.
 */
final class DataDirectory implements AutoCloseable {
  private static final String LOCK_FILE = "lock";
  private static final String FILE_SYSTEM_PREFIX = "fs-";
  private static final int PID_BYTES_MAX = 20;

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
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
        String holder = readPid(lockFile);
        lockFile.close();
        throw unusable(
            path, "is in use by the process " + holder + ": stop that one, or choose another");
      }
      writePid(lockFile);
      return new DataDirectory(path, lockFile);
    } catch (AccessDeniedException e) {
      throw unusable(path, "can't be written by this user: change its owner, or choose another");
    } catch (FileAlreadyExistsException e) {
      throw unusable(path, "is not a directory: choose another");
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

  private static String readPid(FileChannel lockFile) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
    lockFile.read(pid, 0);
    String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString().strip();
    return text.isEmpty() ? "(unknown)" : text;
  }

  private static void writePid(FileChannel lockFile) throws IOException {
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    lockFile.truncate(0);
    lockFile.write(ByteBuffer.wrap(pid), 0);
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

  /** Gives the directory free for others. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing " + path.resolve(LOCK_FILE), e);
    }
  }
}
