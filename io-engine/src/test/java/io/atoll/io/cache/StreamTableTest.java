package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamTableTest {
  private static final int READ = 64 * 1024;
  private static final long SIZE = 1L << 30;

  private final StreamTable streams = new StreamTable();

  private int note(long inode, long read) {
    return streams.note(inode, read * READ, (read + 1) * READ);
  }

  private boolean readsAhead(int stream) {
    return streams.aheadTo(stream, SIZE) > streams.aheadFrom(stream);
  }

  @Test
  void firstReadReadsNothingAhead() {
    int stream = note(1, 0);
    assertFalse(readsAhead(stream));
    assertFalse(streams.isSequential(stream));
  }

  @Test
  void windowGrowsToItsBound() {
    int stream = note(1, 0);
    for (int i = 1; i < 20; i++) {
      assertEquals(stream, note(1, i));
      assertTrue(streams.isSequential(stream));
    }
    assertEquals(5L * StreamTable.MAX_PART_BYTES, streams.aheadTo(stream, SIZE));
    assertEquals(22L * READ + 5, streams.aheadTo(stream, 22L * READ + 5), "the file's end");
  }

  @Test
  void enoughIsAskedForAtOnce() {
    int stream = note(1, 0);
    int begun = 0;
    for (int i = 1; i < 1000; i++) {
      note(1, i);
      if (readsAhead(stream)) {
        begun++;
        streams.begun(stream, streams.aheadTo(stream, SIZE));
      }
    }
    assertTrue(begun <= 1000 * READ / (StreamTable.MAX_WINDOW_BYTES / 2) + 8, begun + " times");
  }

  @Test
  void randomReadsAreNoStream() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      assertFalse(readsAhead(note(1, random.nextInt(100_000) * 2L)));
    }
  }

  @Test
  void severalReadersOfOneFileEachGetTheirStream() {
    int apart = 1000;
    for (int i = 0; i < 4; i++) {
      for (int reader = 0; reader < StreamTable.WAYS; reader++) {
        int stream = note(1, reader * apart + i);
        assertEquals(i > 0, streams.isSequential(stream), "reader " + reader + ", read " + i);
      }
    }
  }

  @Test
  void readsInAnotherOrderStayInTheStream() {
    int stream = note(1, 0);
    note(1, 1);
    for (int i = 2; i < 100; i += 2) {
      assertEquals(stream, note(1, i + 1));
      assertEquals(stream, note(1, i));
      assertEquals(stream, note(1, i + 2));
      i++;
    }
    assertTrue(readsAhead(stream));
  }

  @Test
  void randomReadsNearAStreamCloseIt() {
    int stream = note(1, 0);
    note(1, 1);
    int life = streams.life(stream);
    assertTrue(streams.isOfUse(stream, life, SIZE));
    for (int i = 0; i < 12; i++) {
      assertEquals(stream, note(1, 20 - i));
    }
    assertFalse(readsAhead(stream));
    assertFalse(streams.isOfUse(stream, life, SIZE));
  }

  @Test
  void shortFileThatIsReadAgainIsAStreamAgain() {
    int stream = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < 30; i++) {
        stream = note(1, i);
      }
      assertTrue(streams.isSequential(stream), "pass " + pass);
    }
  }

  @Test
  void twoReadersOfAFileAreTwoStreams() {
    int first = note(1, 0);
    int second = note(1, 10_000);
    for (int i = 1; i < 10; i++) {
      assertEquals(first, note(1, i));
      assertEquals(second, note(1, 10_000 + i));
    }
    assertTrue(readsAhead(first));
    assertTrue(readsAhead(second));
  }

  @Test
  void whatWasDisplacedIsOfNoUse() {
    int stream = note(1, 0);
    note(1, 1);
    int life = streams.life(stream);
    for (int inode = 2; inode < 100_000; inode++) {
      note(inode, 0);
    }
    assertFalse(streams.isOfUse(stream, life, SIZE));
  }

  @Test
  void whatTheReaderHasComeByIsOfNoUse() {
    int stream = note(1, 0);
    note(1, 1);
    int life = streams.life(stream);
    assertTrue(streams.isOfUse(stream, life, 3L * READ));
    note(1, 2);
    assertFalse(streams.isOfUse(stream, life, 3L * READ));
  }
}
