package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 8881 §9.3 and POSIX's fcntl, also against a model that keeps every byte's owners. */
class ByteRangeLockSetTest {
  private static final int NO_BOUND = Integer.MAX_VALUE;
  private static final long EOF = ByteRangeLockSet.END_OF_FILE;

  private final ByteRangeLockSet<String> set = new ByteRangeLockSet<>();

  private void lock(String owner, Mode mode, long first, long last) {
    assertNull(set.conflict(owner, mode, first, last));
    assertTrue(set.apply(owner, mode, first, last, NO_BOUND));
  }

  @Test
  void unlockInTheMiddleSplits() {
    lock("a", Mode.EXCLUSIVE, 0, 99);
    set.apply("a", Mode.UNLOCKED, 40, 59, NO_BOUND);
    assertEquals(
        List.of(new Range<>("a", Mode.EXCLUSIVE, 0, 39), new Range<>("a", Mode.EXCLUSIVE, 60, 99)),
        set.ranges());
  }

  @Test
  void neighboursOfOneKindMerge() {
    lock("a", Mode.SHARED, 0, 9);
    lock("a", Mode.SHARED, 20, 29);
    lock("a", Mode.SHARED, 10, 19);
    assertEquals(List.of(new Range<>("a", Mode.SHARED, 0, 29)), set.ranges());
  }

  @Test
  void neighboursOfDifferentKindsStayApart() {
    lock("a", Mode.SHARED, 0, 9);
    lock("a", Mode.EXCLUSIVE, 10, 19);
    assertEquals(2, set.size());
  }

  @Test
  void partIsDowngraded() {
    lock("a", Mode.EXCLUSIVE, 0, 99);
    lock("a", Mode.SHARED, 10, 19);
    assertNull(set.conflict("b", Mode.SHARED, 10, 19));
    assertNotNull(set.conflict("b", Mode.SHARED, 9, 9));
    assertNotNull(set.conflict("b", Mode.SHARED, 20, 20));
    assertEquals(3, set.size());
  }

  @Test
  void sharedLocksOfManyDoNotConflictButBarAnUpgrade() {
    lock("a", Mode.SHARED, 0, EOF);
    lock("b", Mode.SHARED, 0, EOF);
    assertEquals("b", set.conflict("a", Mode.EXCLUSIVE, 5, 5).owner());
  }

  @Test
  void offsetsAreUnsigned() {
    lock("a", Mode.EXCLUSIVE, Long.MIN_VALUE, EOF);
    assertNull(set.conflict("b", Mode.EXCLUSIVE, 0, Long.MAX_VALUE));
    assertNotNull(set.conflict("b", Mode.EXCLUSIVE, 0, Long.MIN_VALUE));
    lock("a", Mode.EXCLUSIVE, 0, Long.MAX_VALUE);
    assertEquals(List.of(new Range<>("a", Mode.EXCLUSIVE, 0, EOF)), set.ranges());
  }

  @Test
  void lastByteOfAllDoesNotTouchTheFirst() {
    lock("a", Mode.EXCLUSIVE, EOF, EOF);
    lock("a", Mode.EXCLUSIVE, 0, 0);
    assertEquals(2, set.size());
  }

  @Test
  void rangeToTheEndHasLengthAllOnes() {
    assertEquals(-1L, new Range<>("a", Mode.SHARED, 7, EOF).lengthBytes());
    assertEquals(3, new Range<>("a", Mode.SHARED, 7, 9).lengthBytes());
  }

  @Test
  void boundRefusesGrowthAndChangesNothing() {
    assertTrue(set.apply("a", Mode.EXCLUSIVE, 0, 9, 1));
    List<Range<String>> before = set.ranges();
    assertFalse(set.apply("a", Mode.EXCLUSIVE, 20, 29, 1));
    assertFalse(set.apply("a", Mode.UNLOCKED, 4, 4, 1));
    assertEquals(before, set.ranges());
    assertTrue(set.apply("a", Mode.EXCLUSIVE, 10, 19, 1), "merging needs no room");
  }

  @Test
  void randomHistoriesAgreeWithTheNaiveModel() {
    for (long seed = 0; seed < 3_000; seed++) {
      runHistory(seed);
    }
  }

  private static void runHistory(long seed) {
    Random random = new Random(seed);
    String[] owners = {"a", "b", "c"};
    Mode[] modes = Mode.values();
    int span = 1 + random.nextInt(24);
    NaiveLocks naive = new NaiveLocks(owners.length, span);
    ByteRangeLockSet<String> real = new ByteRangeLockSet<>();
    // The model's last byte stands for the rest of the file, as the real set's END_OF_FILE.
    for (int step = 0; step < 40; step++) {
      int owner = random.nextInt(owners.length);
      Mode mode = modes[random.nextInt(modes.length)];
      int first = random.nextInt(span);
      int last = first + random.nextInt(span - first);
      String context = "seed " + seed + " step " + step;
      long realFirst = toReal(first, span);
      long realLast = toReal(last, span);
      boolean barred =
          mode != Mode.UNLOCKED && real.conflict(owners[owner], mode, realFirst, realLast) != null;
      boolean naivelyBarred = mode != Mode.UNLOCKED && naive.conflicts(owner, mode, first, last);
      assertEquals(naivelyBarred, barred, context);
      if (!barred) {
        assertTrue(real.apply(owners[owner], mode, realFirst, realLast, NO_BOUND));
        naive.set(owner, mode, first, last);
      }
      assertEquals(naive.runs(), real.size(), context);
      for (int i = 0; i < owners.length; i++) {
        assertEquals(naive.runsOf(i), real.count(owners[i]), context);
      }
    }
  }

  private static long toReal(int offset, int span) {
    return offset == span - 1 ? EOF : EOF - span + 1 + offset;
  }

  /** Each byte's mode for each owner. */
  private static final class NaiveLocks {
    private final Mode[][] bytes;

    NaiveLocks(int owners, int span) {
      bytes = new Mode[owners][span];
      for (Mode[] row : bytes) {
        Arrays.fill(row, Mode.UNLOCKED);
      }
    }

    boolean conflicts(int owner, Mode mode, int first, int last) {
      for (int other = 0; other < bytes.length; other++) {
        for (int at = first; other != owner && at <= last; at++) {
          Mode held = bytes[other][at];
          if (held == Mode.EXCLUSIVE || (held == Mode.SHARED && mode == Mode.EXCLUSIVE)) {
            return true;
          }
        }
      }
      return false;
    }

    void set(int owner, Mode mode, int first, int last) {
      Arrays.fill(bytes[owner], first, last + 1, mode);
    }

    int runsOf(int owner) {
      int runs = 0;
      Mode previous = Mode.UNLOCKED;
      for (Mode mode : bytes[owner]) {
        runs += mode != previous && mode != Mode.UNLOCKED ? 1 : 0;
        previous = mode;
      }
      return runs;
    }

    int runs() {
      int runs = 0;
      for (int owner = 0; owner < bytes.length; owner++) {
        runs += runsOf(owner);
      }
      return runs;
    }
  }
}
