package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileHandle;
import java.util.SplittableRandom;

/**
 * Files of many pieces are removed, some while they are held, and the power fails while what they
 * had is being freed. Then all of it comes to be free.
 */
final class RemovalHistory {
  private static final int MAX_FILES = 6;
  private static final int MAX_CHUNKS = 40;
  private static final int MAX_EVENTS_BETWEEN = 20;
  private static final int BLOCKS = 4096;

  private RemovalHistory() {}

  /**
   * Lives through a seed.
   *
   * @param parts may break a rule
   */
  static void run(long seed, StoreParts parts) {
    try {
      live(seed, parts);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void live(long seed, StoreParts parts) {
    SplittableRandom random = new SplittableRandom(seed);
    TestFs fs = new TestFs(seed, BLOCKS, parts);
    int files = 1 + random.nextInt(MAX_FILES);
    for (int i = 0; i < files; i++) {
      FileHandle file = fs.file(fs.root(), "f" + i);
      int chunks = 1 + random.nextInt(MAX_CHUNKS);
      for (int chunk = 0; chunk < chunks; chunk++) {
        fs.write(file, (long) chunk * ChunkMap.CHUNK_BYTES, new byte[] {1}).ok();
      }
      if (random.nextInt(4) == 0) {
        fs.hold(file).ok();
      }
    }
    for (int i = 0; i < files; i++) {
      fs.remove(fs.root(), "f" + i).ok();
      for (int events = random.nextInt(MAX_EVENTS_BETWEEN); events > 0; events--) {
        fs.loop.step();
      }
    }
    long told = fs.required;
    fs.loop.runUntil(() -> fs.volume.commitSequence() >= told);
    TestFs after = fs.crash(seed);
    after.fs.graceEnded();
    after.check();
    assertEquals(0, after.volume.usedBlocks());
  }
}
