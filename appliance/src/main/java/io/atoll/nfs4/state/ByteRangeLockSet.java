package io.atoll.nfs4.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The byte-range locks on one file, by POSIX's rules: an owner never conflicts with itself, a new
 * lock replaces what it covers of the owner's older ones (splitting them, and so up- or downgrading
 * a part), and neighbours of one owner and kind become one (RFC 8881 §9.3, §18.10.3).
 *
 * <p>Offsets are unsigned 64-bit and ranges are inclusive at both ends, so that a range to the end
 * of the file is one up to 2⁶⁴−1. Loop-confined. Every operation takes logarithmic time in the
 * number of ranges, for itself and for each range that it makes disappear.
 *
 * @param <O> an owner, told apart by {@code equals}
 */
public final class ByteRangeLockSet<O> {
  /** The last byte of a range that goes to the end of the file. */
  public static final long END_OF_FILE = -1L;

  private final Map<O, Owned<O>> owners = new HashMap<>();

  /** Overlap each other, if they are of different owners. */
  private final RangeTree<O> shared = new RangeTree<>();

  /** Overlap nothing. */
  private final RangeTree<O> exclusive = new RangeTree<>();

  private long lastRank;

  /** What {@link #apply} makes of a range. */
  public enum Mode {
    SHARED,
    EXCLUSIVE,
    UNLOCKED
  }

  /**
   * A locked range.
   *
   * @param mode SHARED or EXCLUSIVE
   * @param firstByte unsigned
   * @param lastByte unsigned, inclusive; {@link #END_OF_FILE} for all that follows
   */
  public record Range<O>(O owner, Mode mode, long firstByte, long lastByte) {

    boolean overlaps(long first, long last) {
      return Long.compareUnsigned(firstByte, last) <= 0
          && Long.compareUnsigned(first, lastByte) <= 0;
    }

    /** NFS's length: all ones if it goes to the end of the file. */
    public long lengthBytes() {
      return lastByte == END_OF_FILE ? END_OF_FILE : lastByte - firstByte + 1;
    }
  }

  /** The ranges of one owner, which do not overlap, and its rank among the owners. */
  private record Owned<O>(RangeTree<O> ranges, long rank) {}

  /**
   * The first range that keeps {@code owner} from locking, or null. What conflicts is a range of
   * another owner that overlaps, unless both are shared.
   */
  public Range<O> conflict(O owner, Mode mode, long firstByte, long lastByte) {
    Range<O> barring = exclusive.firstOverlap(firstByte, lastByte, owner);
    if (mode == Mode.SHARED) {
      return barring;
    }
    Range<O> sharing = shared.firstOverlap(firstByte, lastByte, owner);
    if (barring == null || sharing == null) {
      return barring == null ? sharing : barring;
    }
    return Long.compareUnsigned(barring.firstByte(), sharing.firstByte()) <= 0 ? barring : sharing;
  }

  /**
   * Locks or unlocks a range for {@code owner}, all of it or, at the bound, nothing. The caller has
   * made sure that there is no {@link #conflict}.
   *
   * @param maxRanges a change that adds ranges must not leave more than these
   * @return false if it would, and nothing changed
   */
  public boolean apply(O owner, Mode mode, long firstByte, long lastByte, int maxRanges) {
    Owned<O> owned = owners.get(owner);
    if (owned == null && mode == Mode.UNLOCKED) {
      return true;
    }
    int growth = owned == null ? 1 : growth(owned, mode, firstByte, lastByte);
    if (growth > 0 && size() + growth > maxRanges) {
      return false;
    }
    if (owned == null) {
      owned = new Owned<>(new RangeTree<>(), ++lastRank);
      owners.put(owner, owned);
    }
    change(owner, owned, mode, firstByte, lastByte);
    if (owned.ranges().size() == 0) {
      owners.remove(owner);
    }
    return true;
  }

  /** How many ranges more there would be. */
  private int growth(Owned<O> owned, Mode mode, long first, long last) {
    int growth = mode == Mode.UNLOCKED ? 0 : 1;
    long end = oneAfter(last);
    long from = oneBefore(first);
    while (true) {
      Range<O> range = owned.ranges().firstOverlap(from, end, null);
      if (range == null) {
        return growth;
      }
      if (range.mode() == mode) {
        growth--;
      } else if (range.overlaps(first, last)) {
        growth += remainders(range, first, last) - 1;
      }
      if (Long.compareUnsigned(range.lastByte(), end) >= 0) {
        return growth;
      }
      from = range.lastByte() + 1;
    }
  }

  /** How many pieces are left of {@code range} around a hole. */
  private static int remainders(Range<?> range, long holeFirst, long holeLast) {
    int before = Long.compareUnsigned(range.firstByte(), holeFirst) < 0 ? 1 : 0;
    int behind = Long.compareUnsigned(range.lastByte(), holeLast) > 0 ? 1 : 0;
    return before + behind;
  }

  private void change(O owner, Owned<O> owned, Mode mode, long firstByte, long lastByte) {
    long first = firstByte;
    long last = lastByte;
    long end = oneAfter(lastByte);
    long from = oneBefore(firstByte);
    boolean more = true;
    while (more) {
      Range<O> range = owned.ranges().firstOverlap(from, end, null);
      if (range == null) {
        break;
      }
      if (range.mode() == mode) {
        remove(owned, range);
        first = minUnsigned(first, range.firstByte());
        last = maxUnsigned(last, range.lastByte());
      } else if (range.overlaps(firstByte, lastByte)) {
        remove(owned, range);
        addRemainders(owned, range, firstByte, lastByte);
      }
      more = Long.compareUnsigned(range.lastByte(), end) < 0;
      from = range.lastByte() + 1;
    }
    if (mode != Mode.UNLOCKED) {
      add(owned, new Range<>(owner, mode, first, last));
    }
  }

  /** What is left of {@code range} on both sides of a hole. */
  private void addRemainders(Owned<O> owned, Range<O> range, long holeFirst, long holeLast) {
    if (Long.compareUnsigned(range.firstByte(), holeFirst) < 0) {
      add(owned, new Range<>(range.owner(), range.mode(), range.firstByte(), holeFirst - 1));
    }
    if (Long.compareUnsigned(range.lastByte(), holeLast) > 0) {
      add(owned, new Range<>(range.owner(), range.mode(), holeLast + 1, range.lastByte()));
    }
  }

  private void add(Owned<O> owned, Range<O> range) {
    owned.ranges().add(range, owned.rank());
    treeOf(range.mode()).add(range, owned.rank());
  }

  private void remove(Owned<O> owned, Range<O> range) {
    owned.ranges().remove(range, owned.rank());
    treeOf(range.mode()).remove(range, owned.rank());
  }

  private RangeTree<O> treeOf(Mode mode) {
    return mode == Mode.SHARED ? shared : exclusive;
  }

  /** Unlocks all that {@code owner} holds. */
  public void removeAll(O owner) {
    Owned<O> owned = owners.remove(owner);
    if (owned != null) {
      owned.ranges().forEach(range -> treeOf(range.mode()).remove(range, owned.rank()));
    }
  }

  public boolean holds(O owner) {
    return owners.containsKey(owner);
  }

  /** How many ranges {@code owner} holds. */
  public int count(O owner) {
    Owned<O> owned = owners.get(owner);
    return owned == null ? 0 : owned.ranges().size();
  }

  /** How many ranges all owners hold. */
  public int size() {
    return shared.size() + exclusive.size();
  }

  public boolean isEmpty() {
    return owners.isEmpty();
  }

  /** All ranges in the order of their first bytes. */
  public List<Range<O>> ranges() {
    List<Range<O>> all = new ArrayList<>(size());
    shared.forEach(all::add);
    exclusive.forEach(all::add);
    all.sort((a, b) -> Long.compareUnsigned(a.firstByte(), b.firstByte()));
    return all;
  }

  /** For tests: whether the trees are balanced and know what they hold. */
  boolean isSound() {
    return shared.isSound()
        && exclusive.isSound()
        && owners.values().stream().allMatch(owned -> owned.ranges().isSound());
  }

  private static long oneBefore(long offset) {
    return offset == 0 ? 0 : offset - 1;
  }

  private static long oneAfter(long offset) {
    return offset == END_OF_FILE ? END_OF_FILE : offset + 1;
  }

  private static long minUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
