package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
  void whoIsUnknownHoldsNothing() {
    lock("a", Mode.EXCLUSIVE, 0, 9);
    assertNotNull(set.conflict(null, Mode.SHARED, 9, 9));
    assertTrue(set.apply("b", Mode.UNLOCKED, 0, EOF, 0));
    set.removeAll("b");
    assertEquals(0, set.count("b"));
    assertFalse(set.holds("b"));
    assertEquals(1, set.size());
  }

  @Test
  void randomHistoriesAgreeWithTheNaiveModel() {
    for (long seed = 0; seed < 1_500; seed++) {
      new History(seed).run();
    }
  }

  /**
   * A random history of several owners, in the set and in a model that keeps each byte's owners.
   */
  private static final class History {
    private static final String[] OWNERS = {"a", "b", "c", "d", "e"};
    private static final Mode[] MODES = Mode.values();
    private static final int STEPS = 60;

    private static final Comparator<Range<String>> BY_OFFSET_AND_OWNER =
        Comparator.<Range<String>, Long>comparing(Range::firstByte, Long::compareUnsigned)
            .thenComparing(Range::owner);

    private final long seed;
    private final Random random;

    /** How many different offsets there are: few make conflicts, many make tall trees. */
    private final int span;

    /**
     * Whether the last of them is the end of the file, so that they lie around 2⁶³ or before it.
     */
    private final boolean toTheEnd;

    private final int bound;
    private final NaiveLocks naive;
    private final ByteRangeLockSet<String> real = new ByteRangeLockSet<>();

    History(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.span = 1 + random.nextInt(random.nextBoolean() ? 24 : 400);
      this.toTheEnd = random.nextBoolean();
      this.bound = random.nextInt(4) == 0 ? 1 + random.nextInt(12) : NO_BOUND;
      this.naive = new NaiveLocks(OWNERS.length, span);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        String context = "seed " + seed + " step " + step;
        if (random.nextInt(STEPS) == 0) {
          int owner = random.nextInt(OWNERS.length);
          real.removeAll(OWNERS[owner]);
          naive.set(owner, Mode.UNLOCKED, 0, span - 1);
        } else {
          apply(context);
        }
        List<Range<String>> inOrder = real.ranges();
        assertEquals(ranges(), sorted(inOrder), context);
        for (int i = 1; i < inOrder.size(); i++) {
          long before = inOrder.get(i - 1).firstByte();
          assertTrue(Long.compareUnsigned(before, inOrder.get(i).firstByte()) <= 0, context);
        }
        assertEquals(ranges().isEmpty(), real.isEmpty(), context);
        assertTrue(real.isSound(), context);
        for (int i = 0; i < OWNERS.length; i++) {
          assertEquals(naive.runsOf(i), real.count(OWNERS[i]), context);
          assertEquals(naive.runsOf(i) > 0, real.holds(OWNERS[i]), context);
        }
      }
    }

    private void apply(String context) {
      int owner = random.nextInt(OWNERS.length);
      Mode mode = MODES[random.nextInt(MODES.length)];
      int first = random.nextInt(span);
      int last = first + random.nextInt(random.nextBoolean() ? span - first : 1);
      if (mode != Mode.UNLOCKED) {
        Range<String> conflict = real.conflict(OWNERS[owner], mode, toReal(first), toReal(last));
        assertEquals(naive.conflicts(owner, mode, first, last), conflict != null, context);
        if (conflict != null) {
          assertTrue(ranges().contains(conflict), context);
          return;
        }
      }
      int before = naive.runs();
      Mode[] row = naive.rowOf(owner);
      naive.set(owner, mode, first, last);
      boolean fits = naive.runs() <= Math.max(before, bound);
      if (!fits) {
        naive.rowOf(owner, row);
      }
      assertEquals(
          fits, real.apply(OWNERS[owner], mode, toReal(first), toReal(last), bound), context);
    }

    /** What the model has. */
    private List<Range<String>> ranges() {
      List<Range<String>> all = new ArrayList<>();
      for (Mode mode : List.of(Mode.SHARED, Mode.EXCLUSIVE)) {
        for (int first = 0; first < span; first++) {
          for (int owner = 0; owner < OWNERS.length; owner++) {
            if (naive.beginsAt(owner, mode, first)) {
              all.add(
                  new Range<>(
                      OWNERS[owner], mode, toReal(first), toReal(naive.endOf(owner, first))));
            }
          }
        }
      }
      all.sort(BY_OFFSET_AND_OWNER);
      return all;
    }

    private static List<Range<String>> sorted(List<Range<String>> ranges) {
      return ranges.stream().sorted(BY_OFFSET_AND_OWNER).toList();
    }

    private long toReal(int offset) {
      return toTheEnd ? EOF - span + 1 + offset : Long.MIN_VALUE - span / 2 + offset;
    }
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

    Mode[] rowOf(int owner) {
      return bytes[owner].clone();
    }

    void rowOf(int owner, Mode[] row) {
      bytes[owner] = row;
    }

    boolean beginsAt(int owner, Mode mode, int at) {
      return bytes[owner][at] == mode && (at == 0 || bytes[owner][at - 1] != mode);
    }

    int endOf(int owner, int first) {
      int last = first;
      while (last + 1 < bytes[owner].length && bytes[owner][last + 1] == bytes[owner][first]) {
        last++;
      }
      return last;
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
