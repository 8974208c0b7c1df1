package io.atoll.io.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link Index} keeps to. */
public abstract class IndexContract {

  private Index index;

  /** Opens the index that earlier calls opened, or a new one. */
  protected abstract Index open(boolean fresh);

  /** The process dies while {@code index} is open; what it would find next time is opened. */
  protected abstract Index crashAndReopen(Index index);

  @AfterEach
  void close() {
    if (index != null) {
      index.close();
    }
  }

  @Test
  void newIndexIsEmptyAtSequenceZero() {
    index = open(true);
    assertEquals(0, index.appliedSequence());
    assertEquals(0, index.flushedSequence());
    assertNull(index.get(bytes(1)));
    assertEquals(List.of(), keys(bytes(1), bytes(255)));
  }

  @Test
  void lastWordInABatchCounts() {
    index = open(true);
    Index.Batch batch = index.newBatch();
    batch.put(bytes(1), bytes(10));
    batch.put(bytes(2), bytes(20));
    batch.delete(direct(bytes(1)));
    batch.put(direct(bytes(2)), direct(bytes(21)));
    index.apply(batch, 7);
    assertNull(index.get(bytes(1)));
    assertArrayEquals(bytes(21), index.get(bytes(2)));
    assertEquals(7, index.appliedSequence());
  }

  @Test
  void keysOrderAsUnsignedBytesAndRangesAreHalfOpen() {
    index = open(true);
    Index.Batch batch = index.newBatch();
    for (int key : new int[] {0x7f, 0x80, 0xff, 1}) {
      batch.put(bytes(key), bytes(key));
    }
    batch.put(bytes(0x80, 0), bytes(5));
    index.apply(batch, 1);
    assertEquals(List.of("7f", "80", "8000"), keys(bytes(0x7f), bytes(0xff)));
    assertEquals(List.of("1", "7f", "80", "8000", "ff"), keys(bytes(1), bytes(0xff, 0)));
    assertEquals(List.of(), keys(bytes(0x90), bytes(0x91)));
  }

  @Test
  void scanStopsWhenToldTo() {
    index = open(true);
    Index.Batch batch = index.newBatch();
    for (int key = 1; key < 100; key++) {
      batch.put(bytes(key), bytes(key));
    }
    index.apply(batch, 1);
    List<byte[]> seen = new ArrayList<>();
    index.scan(
        bytes(10),
        bytes(90),
        (key, value) -> {
          seen.add(key);
          return seen.size() < 5;
        });
    assertEquals(5, seen.size());
    assertArrayEquals(bytes(14), seen.getLast());
  }

  @Test
  void closingKeepsWhatWasFlushed() {
    index = open(true);
    apply(1);
    apply(2);
    index.flush();
    assertEquals(2, index.flushedSequence());
    index.close();
    index = open(false);
    assertEquals(2, index.appliedSequence());
    assertArrayEquals(bytes(2, 2), index.get(bytes(2)));
  }

  @Test
  void crashKeepsWholeBatchesUpToTheFlushAtLeast() {
    index = open(true);
    apply(1);
    apply(2);
    index.flush();
    apply(3);
    apply(4);
    index = crashAndReopen(index);
    long applied = index.appliedSequence();
    assertTrue(applied >= 2 && applied <= 4, "applied " + applied);
    for (int sequence = 1; sequence <= 4; sequence++) {
      byte[] first = index.get(bytes(sequence));
      byte[] second = index.get(bytes(sequence, 1));
      if (sequence <= applied) {
        assertArrayEquals(bytes(sequence, sequence), first);
        assertArrayEquals(bytes(sequence, sequence), second);
      } else {
        assertNull(first);
        assertNull(second);
      }
    }
  }

  @Test
  void freshRemovesWhatWasThere() {
    index = open(true);
    apply(1);
    index.flush();
    index.close();
    index = open(true);
    assertEquals(0, index.appliedSequence());
    assertNull(index.get(bytes(1)));
  }

  @Test
  void behavesAsASortedMap() {
    index = open(true);
    Random random = new Random(4711);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    for (int sequence = 1; sequence <= 200; sequence++) {
      Index.Batch batch = index.newBatch();
      for (int i = random.nextInt(20); i >= 0; i--) {
        byte[] key = bytes(1 + random.nextInt(255), random.nextInt(4));
        if (random.nextInt(3) == 0) {
          batch.delete(direct(key));
          model.remove(key);
        } else {
          byte[] value = new byte[random.nextInt(300)];
          random.nextBytes(value);
          batch.put(key, value);
          model.put(key, value);
        }
      }
      index.apply(batch, sequence);
      if (random.nextInt(30) == 0) {
        index.flush();
      }
    }
    List<byte[]> values = new ArrayList<>();
    index.scan(bytes(1), bytes(255, 255), (key, value) -> values.add(value));
    assertEquals(model.size(), values.size());
    int at = 0;
    for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
      assertArrayEquals(entry.getValue(), values.get(at++));
      assertArrayEquals(entry.getValue(), index.get(entry.getKey()));
    }
  }

  private void apply(int sequence) {
    Index.Batch batch = index.newBatch();
    batch.put(bytes(sequence), bytes(sequence, sequence));
    batch.put(bytes(sequence, 1), bytes(sequence, sequence));
    index.apply(batch, sequence);
  }

  private List<String> keys(byte[] from, byte[] to) {
    List<String> keys = new ArrayList<>();
    index.scan(
        from,
        to,
        (key, value) -> {
          StringBuilder text = new StringBuilder();
          for (int i = 0; i < key.length; i++) {
            text.append(String.format(i == 0 ? "%x" : "%02x", key[i]));
          }
          keys.add(text.toString());
          return true;
        });
    return keys;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length + 3)
        .position(2)
        .put(bytes)
        .limit(2 + bytes.length)
        .position(2);
  }
}
