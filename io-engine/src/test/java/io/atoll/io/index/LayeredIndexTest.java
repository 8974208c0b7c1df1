package io.atoll.io.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeredIndexTest {

  private static final long MEMORY_BYTES = 16L << 20;
  private static final byte[] KEY = {1};
  private static final byte[] SPOILT_KEY = {0, 't', 7};

  @TempDir private Path directory;

  /** Else a check would call the store damaged, of which nothing was read. */
  @Test
  void damageOfTheScratchIndexIsNotTheStores() throws Exception {
    Path scratch = directory.resolve("scratch");
    try (RocksDbIndex changes = RocksDbIndex.open(scratch, true, MEMORY_BYTES)) {
      putMuch(changes);
      changes.flush();
    }
    spoilTables(scratch);
    RocksDbIndex changes = RocksDbIndex.open(scratch, false, MEMORY_BYTES);
    try (LayeredIndex layered = new LayeredIndex(new EmptyIndex(), changes)) {
      assertThrows(ScratchException.class, () -> layered.get(SPOILT_KEY));
      assertThrows(ScratchException.class, () -> first(layered, SPOILT_KEY));
    }
  }

  @Test
  void whatIsOnTopCounts() {
    RocksDbIndex changes = RocksDbIndex.open(directory.resolve("scratch"), true, MEMORY_BYTES);
    try (LayeredIndex layered = new LayeredIndex(new EmptyIndex(), changes)) {
      put(layered);
      assertArrayEquals(new byte[] {7}, layered.get(KEY));
      assertArrayEquals(KEY, first(layered, KEY));
    }
  }

  private static byte[] first(LayeredIndex index, byte[] from) {
    try (IndexCursor entries = index.cursor(from, new byte[] {2})) {
      return entries.next() ? entries.key() : null;
    }
  }

  private static void put(Index index) {
    try (Index.Batch batch = index.newBatch()) {
      batch.put(KEY, new byte[] {7});
      index.apply(batch, 1);
    }
  }

  /** So much that most of it is not in a table's first block, which is read at once. */
  private static void putMuch(Index index) {
    byte[] value = new byte[20_000];
    new Random(1).nextBytes(value);
    try (Index.Batch batch = index.newBatch()) {
      for (byte i = 0; i < 10; i++) {
        batch.put(new byte[] {0, 't', i}, value);
      }
      index.apply(batch, 1);
    }
  }

  /** Overwrites much in the middle of each table. */
  private static void spoilTables(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 100_000; at < 199_000; at += 100) {
          bytes[at] ^= 0x55;
        }
        Files.write(file, bytes);
      }
    }
  }
}
