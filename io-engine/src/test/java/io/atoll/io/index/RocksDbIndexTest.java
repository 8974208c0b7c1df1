package io.atoll.io.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbIndexTest extends IndexContract {

  private static final long MEMORY_BYTES = 16L * 1024 * 1024;

  @TempDir private Path directory;
  private int crashes;

  @Override
  protected Index open(boolean fresh) {
    return RocksDbIndex.open(directory.resolve("index" + crashes), fresh, MEMORY_BYTES);
  }

  @Test
  void aBriefScanGivesUpBeforeManyDeletions() {
    try (Index index = open(true)) {
      int removed = 10 * RocksDbIndex.MAX_STEPPED_OVER;
      Index.Batch puts = index.newBatch();
      Index.Batch deletions = index.newBatch();
      for (int i = 1; i <= removed + 1; i++) {
        puts.put(key(i), new byte[] {1});
        if (i <= removed) {
          deletions.delete(key(i));
        }
      }
      index.apply(puts, 1);
      index.flush(); // or the batches would meet in memory
      index.apply(deletions, 2);
      List<byte[]> seen = new ArrayList<>();
      assertFalse(index.scanBriefly(key(1), key(removed + 2), (key, value) -> seen.add(key)));
      assertEquals(0, seen.size());
      int few = RocksDbIndex.MAX_STEPPED_OVER / 4;
      assertTrue(index.scanBriefly(key(1), key(few), (key, value) -> seen.add(key)));
      assertEquals(0, seen.size());
      assertTrue(
          index.scanBriefly(key(removed - few), key(removed + 2), (key, value) -> seen.add(key)));
      assertArrayEquals(key(removed + 1), seen.getFirst());
    }
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 1).putInt(number).array();
  }

  /** What a crash leaves are the files as they are: a copy of them is opened. */
  @Override
  protected Index crashAndReopen(Index index) {
    Path from = directory.resolve("index" + crashes);
    crashes++;
    Path to = directory.resolve("index" + crashes);
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    index.close();
    return open(false);
  }
}
