package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.StartFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir private Path parent;

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    Path path = parent.resolve("a/b");
    try (DataDirectory data = DataDirectory.open(path)) {
      assertEquals(path, data.path());
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertTrue(data.fileSystems().isEmpty());
    }
  }

  @Test
  void oneInUseIsRefusedAndNamesTheProcess() {
    try (DataDirectory data = DataDirectory.open(parent)) {
      StartFailure refused =
          assertThrows(StartFailure.class, () -> DataDirectory.open(data.path()));
      assertEquals(Kind.DATA_DIRECTORY, refused.kind());
      assertTrue(
          refused.getMessage().contains(" " + ProcessHandle.current().pid() + ":"),
          refused.getMessage());
    }
  }

  /** Of /proc the kernel alone makes the directories. */
  @Test
  void aPlaceWhereNothingCanBeMadeIsRefused() {
    Path path = Path.of("/proc/atoll");
    StartFailure refused = assertThrows(StartFailure.class, () -> DataDirectory.open(path));
    assertEquals(Kind.DATA_DIRECTORY, refused.kind());
    assertEquals(
        "the data directory /proc/atoll can't be made, as nothing can be made there: choose another"
            + " (--data)",
        refused.getMessage());
  }

  /** Numbers of inodes are unique within one file system only. */
  @Test
  void aLockOfTheSameInodeOnAnotherDeviceIsAnothersFile() throws IOException {
    try (DataDirectory data = DataDirectory.open(parent)) {
      Path file = data.path().resolve("lock");
      String inode = Files.getAttribute(file, "unix:ino").toString();
      List<String> locks = new ArrayList<>();
      locks.add("1: POSIX  ADVISORY  WRITE 1 ffe:fff:" + inode + " 0 EOF");
      locks.addAll(Files.readAllLines(Path.of("/proc/locks")));
      assertEquals(String.valueOf(ProcessHandle.current().pid()), LockHolder.of(file, locks));
    }
  }

  @Test
  void canBeOpenedAgainAfterClosing() {
    DataDirectory.open(parent).close();
    DataDirectory.open(parent).close();
  }

  @Test
  void oneThatWasGivenUpInOrderKeepsNoProcess() throws IOException {
    try (DataDirectory data = DataDirectory.open(parent)) {
      assertNull(data.unstoppedProcess());
      data.inUse();
      data.settled();
    }
    assertEquals("", Files.readString(parent.resolve("lock")));
  }

  @Test
  void aProcessThatDidNotStopInOrderIsToldUntilOneHas() {
    String me = String.valueOf(ProcessHandle.current().pid());
    try (DataDirectory failed = DataDirectory.open(parent)) {
      failed.inUse();
    }
    try (DataDirectory startFailed = DataDirectory.open(parent)) {
      assertEquals(me, startFailed.unstoppedProcess());
    }
    try (DataDirectory stopped = DataDirectory.open(parent)) {
      assertEquals(me, stopped.unstoppedProcess());
      stopped.inUse();
      stopped.settled();
    }
    try (DataDirectory last = DataDirectory.open(parent)) {
      assertNull(last.unstoppedProcess());
    }
  }

  @Test
  void aPathThroughAFileNamesTheFile() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));
    StartFailure refused =
        assertThrows(StartFailure.class, () -> DataDirectory.open(file.resolve("a/b")));
    assertTrue(
        refused.getMessage().contains("as " + file + " is not a directory"), refused.getMessage());
  }

  @Test
  void aFileInItsPlaceIsRefused() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));
    StartFailure refused = assertThrows(StartFailure.class, () -> DataDirectory.open(file));
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
  }
}
