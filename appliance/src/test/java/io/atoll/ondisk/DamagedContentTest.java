package io.atoll.ondisk;

import static io.atoll.ondisk.StoreOnDisk.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FsStatus;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.volume.LogVolume;
import io.atoll.ondisk.StoreOnDisk.OperationFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit of a file's content that turned on the disk is told to its reader and to the operator. */
@EitherIo
class DamagedContentTest {
  private static final int BLOCK_BYTES = 4096;
  private static final int FILES = 12;
  private static final int BLOCKS = 5;
  private static final int LAST_BLOCK_BYTES = 1000;

  @TempDir private Path data;

  private static byte[] contentOf(int file) {
    return content(file, (BLOCKS - 1) * BLOCK_BYTES + LAST_BLOCK_BYTES);
  }

  @Test
  void anyBitOfContentThatTurnsIsAnErrorOfThatFileAndNamesWhereItLies() throws Exception {
    try (StoreOnDisk store = StoreOnDisk.open(data)) {
      for (int file = 0; file < FILES; file++) {
        store.file("/f" + file, contentOf(file));
      }
    }
    Path extents = StoreOnDisk.folder(data).resolve("extents/0000");
    byte[] bytes = Files.readAllBytes(extents);
    Random random = new Random(1);
    for (int file = 0; file < FILES; file++) {
      int block = random.nextInt(BLOCKS);
      int offset = offsetOf(bytes, contentOf(file), block);
      int used = block == BLOCKS - 1 ? LAST_BLOCK_BYTES : BLOCK_BYTES;
      int bit = random.nextInt(8);
      int turned = offset + random.nextInt(used);
      Tree.flip(extents, turned, bit);
      assertOnlyThisIsTold(file, offset);
      Tree.flip(extents, turned, bit);
    }
  }

  /** The place of a block of {@code content} in the extents. */
  private static int offsetOf(byte[] extents, byte[] content, int block) {
    int from = block * BLOCK_BYTES;
    int to = Math.min(content.length, from + BLOCK_BYTES);
    for (int at = 0; at < extents.length; at += BLOCK_BYTES) {
      if (Arrays.equals(extents, at, at + to - from, content, from, to)) {
        return at;
      }
    }
    throw new AssertionError("block " + block + " is nowhere in the extents");
  }

  private void assertOnlyThisIsTold(int damaged, int offset) throws Exception {
    try (LoggedLines logged = new LoggedLines(LogVolume.class.getPackageName());
        StoreOnDisk store = StoreOnDisk.open(data)) {
      for (int file = 0; file < FILES; file++) {
        if (file == damaged) {
          ExecutionException told =
              assertThrows(ExecutionException.class, () -> store.read("/f" + damaged));
          assertEquals(
              FsStatus.IO_ERROR, ((OperationFailed) told.getCause()).status(), "/f" + file);
        } else {
          assertArrayEquals(contentOf(file), store.read("/f" + file), "/f" + file);
        }
      }
      String place = "extents/0000 at offset " + offset + " does not match its checksum";
      assertTrue(
          logged.lines().stream().anyMatch(line -> line.contains(place)),
          () -> place + ": " + logged.lines());
    }
  }
}
