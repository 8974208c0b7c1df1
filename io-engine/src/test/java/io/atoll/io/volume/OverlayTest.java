package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The overlay against a sorted map, over random changes that are applied little by little. */
class OverlayTest {

  private static final int ROUNDS = 20_000;
  private static final int MAX_KEY_BYTES = 20;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Overlay overlay = new Overlay();
  private final NavigableMap<byte[], Entry> newest = new TreeMap<>(Arrays::compareUnsigned);
  private final List<Long> released = new ArrayList<>();

  private record Entry(byte[] value, long sequence) {}

  @Test
  void showsTheNewestChangeOfEachKeyUntilItIsApplied() {
    overlay.onRelease(released::add);
    long applied = 0;
    for (long sequence = 1; sequence <= ROUNDS; sequence++) {
      change(sequence);
      if (random.nextInt(20) == 0) {
        applied += random.nextLong(sequence - applied + 1);
        overlay.applied(applied);
        long upTo = applied;
        newest.values().removeIf(entry -> entry.sequence() <= upTo);
        assertEquals(upTo, released.getLast());
      }
      assertSameAt(key());
      if (random.nextInt(200) == 0) {
        assertSameFrom(key());
        assertSamePutsFrom(key());
        assertSameSeeking();
      }
    }
    overlay.applied(ROUNDS);
    assertEquals(0, overlay.bytes());
    assertNull(overlay.walk(new byte[] {0}).current());
  }

  @Test
  void nothingIsDroppedUnderARead() {
    overlay.onRelease(released::add);
    change(1);
    var read = overlay.beginRead();
    overlay.applied(1);
    assertEquals(List.of(), released);
    assertSameFrom(new byte[] {0});
    overlay.endRead(read);
    assertEquals(List.of(1L), released);
  }

  /** Few distinct bytes and lengths around the prefix that is compared first. */
  private byte[] key() {
    byte[] key = new byte[1 + random.nextInt(MAX_KEY_BYTES)];
    Arrays.fill(key, (byte) 1);
    for (int i = random.nextInt(3); i >= 0; i--) {
      key[random.nextInt(key.length)] = (byte) (random.nextInt(3) - 1);
    }
    return key;
  }

  private void change(long sequence) {
    byte[] key = key();
    byte[] value = new byte[random.nextInt(5)];
    random.nextBytes(value);
    ByteBuf memory = Unpooled.buffer().writeByte(0).writeBytes(key).writeBytes(value);
    if (random.nextInt(3) == 0) {
      overlay.delete(memory, 1, key.length, sequence);
      newest.put(key, new Entry(null, sequence));
    } else {
      overlay.put(memory, 1, key.length, 1 + key.length, value.length, sequence);
      newest.put(key, new Entry(value, sequence));
    }
  }

  private void assertSameAt(byte[] key) {
    Entry expected = newest.get(key);
    Overlay.Change found = overlay.find(key);
    if (expected == null) {
      assertNull(found);
    } else {
      assertSame(key, expected, found);
    }
  }

  private void assertSameFrom(byte[] from) {
    Overlay.Walk walk = overlay.walk(from);
    for (Map.Entry<byte[], Entry> expected : newest.tailMap(from, true).entrySet()) {
      assertSame(expected.getKey(), expected.getValue(), walk.current());
      walk.next();
    }
    assertNull(walk.current());
  }

  private void assertSamePutsFrom(byte[] from) {
    Overlay.Walk walk = overlay.walkPuts(from);
    for (Map.Entry<byte[], Entry> expected : newest.tailMap(from, true).entrySet()) {
      if (expected.getValue().value() != null) {
        assertSame(expected.getKey(), expected.getValue(), walk.current());
        walk.next();
      }
    }
    assertNull(walk.current());
  }

  private void assertSameSeeking() {
    List<byte[]> keys = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      keys.add(key());
    }
    keys.sort(Arrays::compareUnsigned);
    Overlay.Walk walk = overlay.walk(keys.getFirst());
    for (byte[] key : keys) {
      Map.Entry<byte[], Entry> expected = newest.ceilingEntry(key);
      Overlay.Change found = walk.seek(key);
      if (expected == null) {
        assertNull(found);
      } else {
        assertSame(expected.getKey(), expected.getValue(), found);
      }
    }
  }

  private static void assertSame(byte[] key, Entry expected, Overlay.Change found) {
    assertArrayEquals(key, found.key());
    assertEquals(0, found.compareKey(key));
    assertArrayEquals(expected.value(), found.value());
    assertEquals(expected.sequence(), found.sequence());
  }
}
