package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileHandle;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A large file of many pieces is cut and written to in turns, so that chunks are freed behind the
 * answers, until the power fails in the midst of it. Then it has what was told, and when it is made
 * longer again nothing comes back of what was cut.
 */
final class TruncationHistory {
  private static final int MIN_CHUNKS = 60;
  private static final int MORE_CHUNKS = 120;
  private static final int MAX_TURNS = 4;
  private static final int MAX_EVENTS_BETWEEN = 40;
  private static final int BLOCKS = 4096;

  private final SplittableRandom random;
  private final TestFs fs;
  private final FileHandle file;

  /** A byte in each chunk; 0 where there is none. */
  private final byte[] content;

  private int chunks;

  private TruncationHistory(long seed, StoreParts parts) {
    random = new SplittableRandom(seed);
    fs = new TestFs(seed, BLOCKS, parts);
    fs.volume.maxRunBlocks = 1;
    file = fs.file(fs.root(), "f");
    content = new byte[MIN_CHUNKS + random.nextInt(MORE_CHUNKS)];
  }

  /**
   * Lives through a seed.
   *
   * @param parts may break a rule
   */
  static void run(long seed, StoreParts parts) {
    try {
      new TruncationHistory(seed, parts).run(seed);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void run(long seed) {
    for (int turn = random.nextInt(MAX_TURNS); turn >= 0; turn--) {
      fill();
      for (int cuts = 1 + random.nextInt(2); cuts > 0; cuts--) {
        cut();
      }
    }
    long told = fs.required;
    fs.loop.runUntil(() -> fs.volume.commitSequence() >= told);
    TestFs after = fs.crash(seed);
    assertEquals((long) chunks * ChunkMap.CHUNK_BYTES, after.stat(file).sizeBytes());
    after.truncate(file, (long) content.length * ChunkMap.CHUNK_BYTES);
    assertContent(after);
    after.fs.graceEnded();
    after.check();
    after.remove(after.root(), "f").ok();
    after.check();
    assertEquals(0, after.volume.usedBlocks());
  }

  /** Writes to the chunks that have nothing, most of them: behind the end, too. */
  private void fill() {
    for (int chunk = 0; chunk < content.length; chunk++) {
      if (content[chunk] == 0 && random.nextInt(4) > 0) {
        content[chunk] = (byte) (1 + random.nextInt(127));
        fs.write(file, placeIn(chunk), new byte[] {content[chunk]}).ok();
      }
    }
    chunks = content.length;
    fs.truncate(file, (long) chunks * ChunkMap.CHUNK_BYTES);
  }

  private void cut() {
    chunks = random.nextInt(chunks + 1);
    Arrays.fill(content, chunks, content.length, (byte) 0);
    fs.truncate(file, (long) chunks * ChunkMap.CHUNK_BYTES);
    for (int i = random.nextInt(MAX_EVENTS_BETWEEN); i > 0 && fs.loop.step(); i--) {}
  }

  private void assertContent(TestFs found) {
    byte[] read = new byte[content.length];
    for (int chunk = 0; chunk < content.length; chunk++) {
      read[chunk] = found.read(file, placeIn(chunk), 1)[0];
    }
    assertArrayEquals(content, read);
  }

  private static long placeIn(int chunk) {
    return (long) chunk * ChunkMap.CHUNK_BYTES + chunk;
  }
}
