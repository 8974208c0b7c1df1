package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.modes.rate.PerformanceMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file system's folder says of its performance mode, and when it can be said. */
class PerformanceModeFileTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve(PerformanceModeFile.FILE);
  }

  @Test
  void anEmptyFolderBecomesWhatIsWanted() throws IOException {
    assertEquals(
        PerformanceMode.MAX_IO, PerformanceModeFile.settle(folder, PerformanceMode.MAX_IO));
    assertEquals(PerformanceMode.MAX_IO, PerformanceModeFile.read(folder));
    assertEquals(
        PerformanceMode.MAX_IO,
        PerformanceModeFile.settle(folder, PerformanceMode.GENERAL_PURPOSE),
        "it was fixed before");
  }

  @Test
  void generalPurposeLeavesNoFile() {
    PerformanceModeFile.settle(folder, PerformanceMode.GENERAL_PURPOSE);
    assertFalse(Files.exists(file()));
  }

  @Test
  void aFolderInWhichSomethingIsStaysGeneralPurpose() throws IOException {
    Files.createFile(folder.resolve("superblock"));
    assertEquals(
        PerformanceMode.GENERAL_PURPOSE,
        PerformanceModeFile.settle(folder, PerformanceMode.MAX_IO));
    assertFalse(Files.exists(file()));
  }

  @Test
  void whatACrashLeftOfTheFileIsInNobodysWay() throws IOException {
    Files.writeString(folder.resolve(PerformanceModeFile.FILE + ".new"), "ma");
    assertEquals(PerformanceMode.GENERAL_PURPOSE, PerformanceModeFile.read(folder));
    assertEquals(
        PerformanceMode.MAX_IO, PerformanceModeFile.settle(folder, PerformanceMode.MAX_IO));
  }

  @Test
  void whatIsNoModeIsRefusedByNameAndWithTheWayOut() throws IOException {
    Files.writeString(file(), "maxio\n");
    StartFailure refused = assertThrows(StartFailure.class, () -> PerformanceModeFile.read(folder));
    assertEquals(StartFailure.Kind.STORE_VERSION, refused.kind());
    assertTrue(refused.getMessage().contains("'maxio'"), refused.getMessage());
    assertTrue(refused.getMessage().contains("generalPurpose, maxIO"), refused.getMessage());
  }
}
